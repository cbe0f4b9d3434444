"""``alses import-coding``: a coding, or a code book, from the tool that made it."""

import argparse
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli.layout import beside, filled, number
from helpers.cli.say import complain, tell
from helpers.cli.verb import Verb, year

_BOOK = "data/raw/reference/themes.csv"
# Those of exchange, which takes half a second to load: a help must not wait for it, and a test holds them equal.
_KINDS = ("verbatim", "compte_rendu", "synthese")


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{number(count)} {one if count < 2 else many or f'{one}s'}"


def _tell_content(project) -> None:
    words = sum(any(map(str.isalnum, word)) for document in project.documents for word in document.text.split())
    coders = {passage.coder for passage in project.passages} - {""}
    counts = [
        _counted(len(project.documents), "document"),
        _counted(words, "mot"),
        _counted(len(project.codes), "code"),
        _counted(len(project.passages), "passage"),
        _counted(len(coders), "codeur") if coders else "codeur non indiqué",
    ]
    tell(beside("  ", ", ".join(counts)))
    for sentence in project.told:
        tell(beside("  - ", sentence))


def _read(source: Path, kind: str | None):
    """The coding of a file; ``kind`` is that of its documents which do not say it, and what was done is told."""
    from dataclasses import replace

    from helpers import exchange
    from helpers.schema import DataError

    project = exchange.read(source)
    if kind is None:
        return project
    if project.codes and not project.documents:
        raise DataError(f"{source.name} est un livre de codes, sans document ; relancez sans --kind.")
    silent = len(exchange.without_kind(project))
    verb = "disait" if silent == 1 else "disaient"
    done = f"Nature « {kind} » donnée à {_counted(silent, 'document')} qui ne la {verb} pas."
    told = done if silent else "Les documents disent déjà leur nature : --kind n’y change rien."
    return replace(exchange.with_kind(project, kind), told=(told, *project.told))


def _tell_unknown_kinds(project) -> None:
    """What it costs that documents do not say their kind, and what to type."""
    from helpers import exchange

    if silent := len(exchange.without_kind(project)):
        says = "ne dit pas s’il est" if silent == 1 else "ne disent pas s’ils sont"
        cost = "ni les passages pour mille mots, ni les mots de chaque thème ne seront donnés"
        remedy = f"si vous le savez, relancez avec --kind ({', '.join(_KINDS)})"
        what = f"{_counted(silent, 'document')} {says} verbatim, compte rendu ou synthèse"
        tell(filled(f"{what} : {cost} ; {remedy}."))


def _complete_book(project) -> None:
    """Adds what the book does not have, and lists it."""
    from helpers import codebook, store

    rows = codebook.rows_to_add(project, store.read_reference("themes"))
    lines = store.add_to_book(rows)
    if not rows:
        tell("Le livre de codes a déjà tous ces codes : rien n’y est changé.")
        return
    tell(f"Ajoutés à la fin de {_BOOK} :")
    for line, row in zip(lines, rows, strict=True):
        under = f", sous {row['parent']}" if row["parent"] else ""
        tell(beside(f"  ligne {line} : ", f"{row['theme']} (« {row['libelle']} »){under}"))
    tell(filled("Ce fichier entre dans git : relisez les définitions, qu’aucune parole ni aucun nom n’y soit."))
    if undefined := sum(row["definition"] == codebook.TO_DEFINE for row in rows):
        tell(filled(f"À définir encore : {_counted(undefined, 'code')}."))


def _check_request(options: Namespace) -> tuple[Path, str]:
    from helpers.schema import DataError

    source, folder = Path(options.file), paths.raw(options.year)
    name = source.resolve().stem if options.name is None else options.name.strip()
    if not name:
        raise DataError("Le nom du codage est vide ; donnez-en un (--name).")
    if not folder.is_dir():
        shown = paths.relative(folder)
        raise DataError(f"{shown} n’existe pas ; préparez l’année d’abord : {paths.COMMAND} new-year {options.year}")
    return source, name


def _act(options: Namespace) -> int:
    from helpers import checks, store
    from helpers.schema import DataError

    source, name = _check_request(options)
    project = _read(source, options.kind)
    if not project.documents and not project.codes:
        raise DataError(f"{source.name} ne contient ni texte, ni code ; donnez le fichier d’un codage.")
    book = checks.book_faults(store.read_reference("themes"))
    if book:
        raise book[0]
    if not project.documents:
        tell(f"{source.name} est un livre de codes :")
        _tell_content(project)
        _complete_book(project)
        return 0
    unknown = checks.unknown_codes(project, file=source.name)
    if unknown and not options.add_codes:
        for fault in unknown:
            complain(fault)
        complain(
            f"Rien n’est importé. Pour ajouter ces codes au livre, relancez avec --add-codes ; il est dans {_BOOK}."
        )
        return 2
    _import(options, project, name, source, completes=bool(unknown))
    return 0


def _import(options: Namespace, project, name: str, source: Path, *, completes: bool) -> None:
    from helpers import codebook, store

    if completes:  # what the book cannot hold is told before anything is written
        store.add_to_book(codebook.rows_to_add(project, store.read_reference("themes")), is_trial=True)
    folder = store.save_coding(project, options.year, name, source)
    tell(f"{paths.relative(folder)} :")
    _tell_content(project)
    _tell_unknown_kinds(project)
    if completes:
        _complete_book(project)
    tell(filled("\nCe dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste."))
    tell(f"Puis : {paths.COMMAND} check --year {options.year}")


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FICHIER", help="fichier ou dossier que l’outil d’analyse a écrit")
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année du codage (obligatoire)")
    parser.add_argument("--name", metavar="NOM", help="nom du codage ici (celui du fichier)")
    parser.add_argument(
        "--kind",
        choices=_KINDS,
        metavar="NATURE",
        help=f"nature des documents qui ne la disent pas : {', '.join(_KINDS)}",
    )
    parser.add_argument(
        "--add-codes", action="store_true", help="ajoute au livre de codes ceux qu’il n’a pas, et les liste"
    )


VERB = Verb(
    name="import-coding",
    summary="reprend un codage ou un livre de codes de Taguette, QualCoder, NVivo…",
    description=(
        "Lit un projet Taguette (.sqlite3, ou son CSV), REFI-QDA (.qdpx) ou QualCoder (dossier .qda), ou nos tables "
        "CSV, et l’écrit dans data/raw/ANNÉE/codages/NOM/, qui n’entre jamais dans git. Chaque passage est comparé à "
        "son texte ; ce qui n’est pas gardé est dit. Un code que le livre de codes n’a pas est une erreur.\n"
        "Paroles, compte rendu et synthèse ne se comptent pas de la même façon : --kind dit ce que sont les documents "
        "quand le fichier ne le dit pas (Taguette, QualCoder sans attribut « nature »).\n"
        "Un livre de codes (.qdc, ou sa table CSV) complète data/raw/reference/themes.csv.\n"
        "Un codage déjà importé du même fichier est remplacé, si ses tables n’ont pas été modifiées ; celui d’un autre "
        "fichier ne l’est jamais."
    ),
    examples=(
        ("import-coding reunions.qdpx --year 2021", "le codage des réunions de 2021"),
        ("import-coding lea.sqlite3 --year 2021 --name lea --add-codes", "et ses codes dans le livre"),
        ("import-coding lea.sqlite3 --year 2021 --kind verbatim", "des paroles telles qu’elles ont été dites"),
        ("import-coding codes.qdc --year 2021", "un livre de codes"),
    ),
    act=_act,
    add_options=_add_options,
)
