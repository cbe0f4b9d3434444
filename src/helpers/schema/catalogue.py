"""The catalogue of indicators: ``catalogue.toml`` as Python objects."""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# Joins the modalities that are counted together so that no cell of a crossing is small.
FOLDED = "+"
# A day or a month as a code: a spreadsheet would take the hyphens of « 2020-03-09 » for a date, and write it otherwise.
_DATE = re.compile(r"\d{4}(_\d\d){1,2}")


def read_code(code: str) -> str:
    """The words of a code that no list names.

    >>> schema.read_code("2020_03_09"), schema.read_code("en_cours")
    ('2020-03-09', 'en cours')
    """
    return code.replace("_", "-" if _DATE.fullmatch(code) else " ")


@dataclass(frozen=True)
class Group:
    """Modalities read together, outside the sums; ``hypothesis`` says what must be true for it to mean what it says.

    >>> schema.catalogue().indicators["niveau"].groups["4e_3e"]
    Group(label='4e ou 3e', members=('4e', '3e'), hypothesis=None)
    """

    label: str
    members: tuple[str, ...]
    hypothesis: str | None = None


@dataclass(frozen=True)
class Indicator:
    """One entry of the catalogue; the comment at the top of ``catalogue.toml`` defines each field.

    >>> niveau = schema.catalogue().indicators["niveau"]
    >>> niveau.title_of("3e"), niveau.base, niveau.choice, niveau.members_of("4e_3e")
    ('Niveau de classe : 3e', 'accompagnements', 'unique', ('4e', '3e'))
    """

    id: str
    label: str
    definition: str
    topic: str
    unit: str
    choice: str
    form: str
    base: str | None = None
    own_bases: dict[str, str] = field(default_factory=dict)
    finding: str = "« {modalite} » : {part}"
    population: str | None = None
    base_words: tuple[str, ...] = ()
    ratio: tuple[str, ...] = ()
    hypothesis: str | None = None
    modalities: dict[str, str] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    recorded: dict[str, str] = field(default_factory=dict)
    counted_in: tuple[str, ...] = ()
    is_of_records: bool = False
    crossed_with: tuple[str, ...] = ()
    is_by_site: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its modalities are those that the data hold, not a list of the catalogue."""
        return self.choice != "total" and not self.modalities

    def label_of(self, modality: str) -> str:
        """The French label of a modality or group; an open modality is read from its id.

        Modalities folded together (``mobilite+autre``) are named one after the other.
        """
        if modality in self.groups:
            return self.groups[modality].label
        if FOLDED in modality:
            return " ou ".join(map(self.label_of, modality.split(FOLDED)))
        return {**self.modalities, **self.recorded}.get(modality, read_code(modality))

    def base_of(self, modality: str) -> str | None:
        """The denominator of a modality: that of the indicator, unless it has its own."""
        return self.own_bases.get(modality, self.base)

    def title_of(self, modality: str) -> str:
        """What is counted, in full: « Sexe : filles », or the label alone for a total."""
        return f"{self.label} : {self.label_of(modality)}" if modality else self.label

    def members_of(self, modality: str) -> tuple[str, ...]:
        """The modalities that a group stands for; any other modality stands for itself."""
        return self.groups[modality].members if modality in self.groups else (modality,)

    def hypothesis_of(self, modality: str) -> str | None:
        """What must be true for this modality to be read as it is, or None."""
        return self.groups[modality].hypothesis if modality in self.groups else self.hypothesis


@dataclass(frozen=True)
class Perimeter:
    """Who or what is counted, in which units; ``count_of`` is the cell of a wider perimeter that gives its size.

    >>> collegiens = schema.catalogue().perimeters["collegiens"]
    >>> collegiens.label, collegiens.short, collegiens.count_of
    ('collégiens suivis en prévention spécialisée', 'tous les collégiens', 'prevention_specialisee/situation/collegien')
    """

    id: str
    label: str
    short: str
    units: tuple[str, ...] = ()
    count_of: str | None = None
    hypothesis: str | None = None


class MeasureKind(NamedTuple):
    """A measure of comparisons: its name for readers, its unit (empty: none) and how it is computed."""

    label: str
    unit: str
    method: str


@dataclass(frozen=True)
class Catalogue:
    """Every indicator, perimeter, topic, unit and measure, in reading order.

    ``anchors`` are sections of page 02 by topic; ``units`` give the singular and the plural; ``stable_points`` is the
    difference of shares, in points, up to which a share is called stable.

    >>> entrees = schema.catalogue()
    >>> entrees.units["personnes"], [indicateur.id for indicateur in entrees.of_topic("public")]
    (('personne', 'personnes'), ['sexe', 'nouvel_accompagnement', 'age'])
    """

    indicators: dict[str, Indicator]
    perimeters: dict[str, Perimeter]
    topics: dict[str, str]
    anchors: dict[str, str]
    units: dict[str, tuple[str, str]]
    measures: dict[str, MeasureKind]
    stable_points: float

    def of_topic(self, topic: str) -> list[Indicator]:
        """The indicators of a section of page 02, in catalogue order."""
        return [entry for entry in self.indicators.values() if entry.topic == topic]


def _indicator(name: str, entry: dict) -> Indicator:
    groups = {
        group: Group(value["libelle"], tuple(value["regroupe"]), value.get("hypothese"))
        for group, value in entry.get("groupes", {}).items()
    }
    return Indicator(
        id=name,
        label=entry["libelle"],
        definition=entry["definition"],
        topic=entry["rubrique"],
        unit=entry["unite"],
        choice=entry["choix"],
        form=entry["forme"],
        base=entry.get("base"),
        own_bases=dict(entry.get("base_propre", {})),
        finding=entry.get("constat", Indicator.finding),
        population=entry.get("population"),
        base_words=tuple(entry.get("base_dite", ())),
        ratio=tuple(entry.get("rapport", ())),
        hypothesis=entry.get("hypothese"),
        modalities=dict(entry.get("modalites", {})),
        groups=groups,
        recorded=dict(entry.get("modalites_export", {})),
        counted_in=tuple(entry.get("compte_pour", ())),
        is_of_records=entry.get("export_seul", False),
        crossed_with=tuple(entry.get("croise_avec", ())),
        is_by_site=entry.get("par_site", False),
    )


def _perimeter(name: str, entry: dict) -> Perimeter:
    label, short = entry["libelle"], entry.get("court", entry["libelle"])
    return Perimeter(name, label, short, tuple(entry["unites"]), entry.get("effectif_de"), entry.get("hypothese"))


def read_catalogue(text: str) -> Catalogue:
    """The catalogue written in TOML: the package's, or a changed copy to try a new indicator with.

    Raises
    ------
    KeyError
        when an entry lacks a required field: the catalogue is code, its faults are the developer's.

    >>> texte = (paths.repository() / "src" / "helpers" / "catalogue.toml").read_text(encoding="utf-8")
    >>> schema.read_catalogue(texte.replace("garçons", "gars")).indicators["sexe"].modalities
    {'filles': 'filles', 'garcons': 'gars'}
    """
    content = tomllib.loads(text)
    return Catalogue(
        indicators={name: _indicator(name, entry) for name, entry in content["indicateurs"].items()},
        perimeters={name: _perimeter(name, entry) for name, entry in content["perimetres"].items()},
        topics=dict(content["rubriques"]),
        anchors=dict(content["ancres"]),
        units={name: tuple(forms) for name, forms in content["unites"].items()},
        measures={
            name: MeasureKind(entry["libelle"], entry.get("unite", ""), entry["methode"])
            for name, entry in content["mesures"].items()
        },
        stable_points=float(content["seuils"]["part_stable_points"]),
    )


@cache
def catalogue() -> Catalogue:
    """The catalogue of the package: what each indicator counts, among whom, in which words.

    >>> schema.catalogue().indicators["sexe"].modalities
    {'filles': 'filles', 'garcons': 'garçons'}
    """
    return read_catalogue(files("helpers").joinpath("catalogue.toml").read_text(encoding="utf-8"))
