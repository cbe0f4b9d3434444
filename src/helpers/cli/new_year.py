"""``alses new-year``: the folder of a year that begins, and what to put where."""

import argparse
from argparse import Namespace

from helpers import paths
from helpers.cli.layout import beside, filled
from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb, year

# No record of the network is older: before, and long after today, a year is a slip of the keyboard.
_FIRST = 2000
_OTHERS = (
    ("README.md", "d’où vient chaque fichier, et quand"),
    ("datapackage.json", "la carte : le document que les pages citent, sous « sources »"),
)


def _columns(presence: str) -> str:
    from helpers.schema import table_schema

    return ", ".join(each["name"] for each in table_schema("accompagnements")["fields"] if each["presence"] == presence)


def _bullet(text: str) -> None:
    tell(beside("  - ", text))


def _last() -> int:
    """The next year, that of the computer or of the data: a clock may be wrong."""
    from datetime import date

    return 1 + max([date.today().year, *paths.years()])


def _act(options: Namespace) -> int:
    from helpers import store

    if not _FIRST <= options.year <= _last():
        again = f"vérifiez l’année, puis relancez, par exemple {paths.COMMAND} new-year {_last() - 1}"
        complain(f"{options.year} ne peut pas être une année de rapport (de {_FIRST} à {_last()}) : {again}")
        return 2

    made, kept = store.make_year(options.year)
    folder = paths.relative(paths.raw(options.year))
    tell(f"{folder} est prêt." if made else f"{folder} a déjà tous ses fichiers.")
    for label, found in (("créés", made), ("laissés tels quels", kept)):
        if found:
            tell(beside(f"  {label} : ", ", ".join(path.name for path in found)))
    tell(filled("\nÀ déposer dans ce dossier, l’un ou l’autre, ou plusieurs :"))
    _bullet(
        "l’export de la base, une personne par ligne : un fichier dont le nom commence par "
        "« accompagnements » (.csv, .xlsx, .ods ou .parquet). Il n’entre jamais dans git : il reste sur ce poste."
    )
    tell(beside("      colonnes obligatoires : ", _columns("obligatoire")))
    tell(beside("      colonnes facultatives : ", _columns("facultative")))
    _bullet(
        "ce qu’un document dit de l’année, dans les tables vides (celle qui ne sert pas peut le rester) ; une "
        "ligne y est :"
    )
    for name, use in (*((f"{table}.csv", row) for table, row in store.new_tables().items()), *_OTHERS):
        tell(beside(f"      {name:<23}", use))
    _bullet(f"le codage des réunions, s’il y en a un : {paths.COMMAND} import-coding FICHIER --year {options.year}")
    tell(filled("\nCe que chaque colonne veut dire : docs/data-dictionary.md"))
    tell(f"Puis : {paths.COMMAND} check --year {options.year}")
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=year, metavar="ANNÉE", help="année à préparer")


VERB = Verb(
    name="new-year",
    summary="prépare le dossier d’une année et dit quoi y déposer",
    description=(
        "Crée data/raw/ANNÉE/ avec des tables vides qui ont les bonnes colonnes, un journal et une carte à compléter, "
        "et dit quoi déposer où. Un fichier déjà là est laissé tel quel : rien n’est jamais remplacé."
    ),
    examples=(("new-year 2021", "le dossier de 2021"),),
    act=_act,
    add_options=_add_options,
)
