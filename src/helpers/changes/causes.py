"""What changed in that which a report is made from, and what may be said of it: an order in time, seldom a cause."""

from collections.abc import Iterable
from dataclasses import dataclass

from helpers.changes.published import Published

# What changed, as the subject of a sentence, then as what the figures come after.
KINDS = {
    "donnees": ("les données", "un changement de données"),
    "code": ("le code", "un changement de code"),
    "parametre": ("les paramètres", "un changement de paramètre"),
    "bibliotheques": ("les bibliothèques", "un changement de bibliothèque"),
    "notebook": ("les notebooks", "un changement de notebook"),
}
_COUNTS = {2: "Deux", 3: "Trois", 4: "Quatre", 5: "Cinq"}


@dataclass(frozen=True)
class Cause:
    """Something that changed since the report before: ``kind`` is a key of `causes.KINDS`, ``name`` says which.

    Raises
    ------
    ValueError
        for another kind: nothing could be said of it.

    >>> changes.Cause("parametre", "compare_to : 2019 → 2018").name
    'compare_to : 2019 → 2018'
    """

    kind: str
    name: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of cause: {self.kind}")


def _written(value: object) -> object:
    return "aucune" if value is None else value


def _differences(kind: str, before: dict, after: dict, mark: str) -> list[Cause]:
    return [
        Cause(kind, f"{name}{mark} {_written(before.get(name))} → {_written(after.get(name))}")
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def causes_between(before: Published, after: Published) -> list[Cause]:
    """What two manifests say of it: the files read, the parameters, the libraries. They are silent on the code.

    A run that failed in between leaves no report, so that only these tell all that changed since the last one.

    >>> rapport = changes.read_report(paths.report(2020))
    >>> changes.causes_between(rapport, rapport)
    []
    """
    then, now = before.inputs, after.inputs
    read = [Cause("donnees", name) for name in sorted(then.keys() | now.keys()) if then.get(name) != now.get(name)]
    given, used = ([each.manifest[part] for each in (before, after)] for part in ("parameters", "versions"))
    return [*read, *_differences("parametre", *given, " :"), *_differences("bibliotheques", *used, "")]


def _names(causes: list[Cause], shown: int) -> str:
    named = [cause.name for cause in causes]
    left = len(named) - shown
    return ", ".join(named[:shown]) + (f" et {left} {'autre' if left == 1 else 'autres'}" if left > 0 else "")


def say_causes(causes: Iterable[Cause], *, has_moved: bool, shown: int = 3) -> str:
    """One sentence: after what figures moved, or what moved none. ``shown`` names a kind at most are written.

    Of several kinds, none is said to be the cause.

    >>> print(say_causes([Cause("donnees", "data/raw/2020/reunions.csv")], has_moved=True))
    Après un changement de données : data/raw/2020/reunions.csv.
    """
    kinds: dict[str, list[Cause]] = {}
    for cause in dict.fromkeys(causes):
        kinds.setdefault(cause.kind, []).append(cause)
    parts = [f"{KINDS[kind][0]} ({_names(kinds[kind], shown)})" for kind in KINDS if kind in kinds]
    if not has_moved:
        return f"Changé sans effet sur les chiffres : {', '.join(parts)}." if parts else ""
    if not parts:
        return (
            "La cause est inconnue : ni les données, ni le code, ni les paramètres, ni les bibliothèques, "
            "ni les notebooks n’ont changé. C’est un défaut à signaler."
        )
    if len(parts) == 1:
        ((kind, same),) = kinds.items()
        return f"Après {KINDS[kind][1]} : {_names(same, shown)}."
    listed = f"{', '.join(parts[:-1])} et {parts[-1]}"
    return (
        f"{_COUNTS[len(parts)]} choses ont changé : {listed} ; on ne peut pas dire laquelle a fait bouger un chiffre."
    )
