"""What has changed since: the causes, in an order and in words for the person who waits."""

from collections.abc import Iterable

from helpers.freshness.record import Cause, Record, State, libraries, listing, locate, state_of

_NOTEBOOK, _PYTHON = "notebooks/", "src/"
# Beyond, a list is not read.
_TOLD = 2


def kind_of(name: str) -> str:
    """What a file is, by its name: ``donnees``, ``notebook``, ``bibliotheques`` or ``code``."""
    if name.startswith("data/"):
        return "donnees"
    if name.startswith(_NOTEBOOK):
        return "notebook"
    return "code" if name.startswith(_PYTHON) else "bibliotheques"


def _files(then: dict[str, State], seen: dict[str, State | None], kind: str | None) -> Iterable[Cause]:
    for name, state in then.items():
        if name not in seen:
            seen[name] = state_of(locate(name), state)
        now = seen[name]
        if now is None:
            yield Cause(kind or kind_of(name), name, "n’est plus là")
        elif now.sha256 != state.sha256:
            yield Cause(kind or kind_of(name), name)


def _folders(then: dict[str, list[str]]) -> Iterable[Cause]:
    for folder, names in then.items():
        for new in sorted(set(listing(folder)) - set(names)):
            yield Cause("donnees", f"{folder}/{new}", "est arrivé")


def _parameters(then: dict, now: dict) -> Iterable[Cause]:
    for name in sorted(then.keys() | now.keys()):
        before, after = then.get(name), now.get(name)
        if before != after:
            yield Cause("parametre", f"{name} : {before} → {after}", "")


def _libraries(then: list[str]) -> Iterable[Cause]:
    now = libraries()
    if now != then:
        gone, come = set(then) - set(now), set(now) - set(then)
        for name in sorted({each.rpartition("-")[0] for each in gone | come}):
            before, after = (
                next((each.rpartition("-")[2] for each in side if each.rpartition("-")[0] == name), "absent")
                for side in (gone, come)
            )
            yield Cause("bibliotheques", f"{name} {before} → {after}", "")


def changes_since(kept: Record, parameters: dict, seen: dict[str, State | None] | None = None) -> list[Cause]:
    """What is no longer as the record says; nothing when the result is still good.

    ``seen`` remembers, from one call to the next, the files that were looked at.

    >>> garde = freshness.record({"year": 2020}, [])
    >>> [str(cause) for cause in freshness.changes_since(garde, {"year": 2021})]
    ['year : 2020 → 2021']
    """
    seen = {} if seen is None else seen
    return [
        *_parameters(kept.parameters, parameters),
        *_files(kept.files, seen, None),
        *_folders(kept.folders),
        *_libraries(kept.libraries),
        *_files(kept.products, seen, "produit"),
    ]


def is_consequence(cause: Cause) -> bool:
    """Whether a cause only passes on another one: what 01 makes changes because something else did.

    >>> freshness.is_consequence(freshness.Cause("donnees", "data/processed/2020/indicateurs.csv"))
    True
    """
    return cause.name.startswith("data/processed/")


def tell_causes(causes: list[Cause]) -> str:
    """The first causes in words, and how many others there are; what follows from one of them is left out.

    >>> recu, fait = "data/raw/2020/reunions.csv", "data/processed/2020/indicateurs.csv"
    >>> print(freshness.tell_causes([freshness.Cause("donnees", fait), freshness.Cause("donnees", recu)]))
    2020/reunions.csv a changé
    """
    causes = [cause for cause in causes if not is_consequence(cause)] or causes
    told = [str(cause) for cause in causes[:_TOLD]]
    rest = len(causes) - len(told)
    return ", ".join(told) + (f" (et {rest} autre{'s' if rest > 1 else ''})" if rest else "")
