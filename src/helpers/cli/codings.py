"""Verbs on coded segments: read the files of other tools, write for them."""

import sys
from argparse import Namespace
from pathlib import Path

from helpers import paths
from helpers.cli import option, verb, year_option
from helpers.cli.messages import beside, counted, filled, print_error, print_item, print_message
from helpers.errors import DataError
from helpers.paths import COMMAND

_BOOK = "data/raw/reference/themes.csv"
# The codes of a book that are shown before they are added.
_MOST_LISTED = 20
# Those of the codings, which take half a second to load; a test holds them equal.
_KINDS = ("verbatim", "compte_rendu", "synthese")


@verb(
    "import-coding",
    "reprend un codage ou un livre de codes de Taguette, QualCoder, NVivo…",
    "Lit un projet Taguette (.sqlite3, ou son CSV), REFI-QDA (.qdpx), QualCoder (dossier .qda) ou RQDA, un corpus "
    "IRaMuTeQ, ou nos tables CSV, et l’écrit dans data/raw/ANNÉE/codages/NOM/, qui n’entre jamais dans git. Chaque "
    "passage est comparé à son texte ; ce qui est déplacé ou n’est pas gardé est dit ; un fichier dont les positions "
    "sont fausses est refusé.\n"
    "correspondance.csv, dans ce dossier, dit quel code du livre chaque code désigne ; complétez-le, ou ajoutez au "
    "livre les codes qu’il n’a pas (--add-codes).\n"
    "Paroles, compte rendu et synthèse ne se comptent pas de la même façon : --kind dit ce que sont les documents "
    "quand le fichier ne le dit pas (Taguette, QualCoder sans attribut « nature »).\n"
    "Un livre de codes (.qdc, ou sa table CSV) complète data/raw/reference/themes.csv, avec --add-codes.\n"
    "Un codage déjà importé du même fichier est remplacé, si ses tables n’ont pas été modifiées ; celui d’un autre "
    "fichier ne l’est jamais.",
    (
        ("import-coding reunions.qdpx --year 2021", "le codage des réunions de 2021"),
        ("import-coding lea.sqlite3 --year 2021 --name lea --add-codes", "et ses codes dans le livre"),
        ("import-coding lea.sqlite3 --year 2021 --kind verbatim", "des paroles telles qu’elles ont été dites"),
        ("import-coding codes.qdc --year 2021 --add-codes", "un livre de codes"),
    ),
    option("file FICHIER", "fichier ou dossier que l’outil d’analyse a écrit"),
    year_option("année du codage"),
    option("--name NOM", "nom du codage ici (celui du fichier)"),
    option("--kind NATURE", f"nature des documents qui ne la disent pas : {', '.join(_KINDS)}", choices=_KINDS),
    option("--add-codes", "ajoute au livre de codes ceux qu’il n’a pas, et les liste"),
    option("--definitions", "copie aussi leurs définitions, relues, sans le demander"),
)
def import_coding(options: Namespace) -> int:
    from dataclasses import replace

    from helpers import data

    source, folder = Path(options.file), paths.raw(options.year)
    name = source.resolve().stem if options.name is None else options.name.strip()
    if not name:
        raise DataError("Le nom du codage est vide ; donnez-en un (--name).")
    if not folder.is_dir():
        prepare = f"préparez l’année d’abord : {COMMAND} new-year {options.year}"
        raise DataError(f"{paths.relative(folder)} n’existe pas ; {prepare}")
    project = _read_coding(source, options.kind)
    if not project.documents and not project.codes:
        raise DataError(f"{source.name} ne contient ni texte, ni code ; donnez le fichier d’un codage.")
    if faults := data.table_faults("themes", data.read_reference("themes")):
        raise faults[0]
    if not project.documents:
        return _import_book(source, project, options)
    if options.add_codes:  # what the book cannot hold stops before anything is written
        data.add_to_book(_missing_rows(project)[0], is_trial=True)
    imported = data.save_coding(project, options.year, name, source)
    print_message(f"{paths.relative(imported)} :")
    _list_content(project)
    project = data.load_coding(options.year, name)
    if options.add_codes:
        data.save_coding(replace(project, themes=_complete_book(project, options)), options.year, name, source)
    elif unknown := data.unknown_codes(project, file=source.name):
        for fault in unknown:
            print_item(str(fault))
        print_message(
            filled(
                f"Ces codes ne sont pas encore comptés : écrivez leur code du livre dans {paths.relative(imported)}/"
                f"{data.THEMES} (colonne « theme »), ou relancez avec --add-codes pour les ajouter à {_BOOK}."
            )
        )
    print_message(filled("\nCe dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste."))
    print_message(f"Puis : {COMMAND} check --year {options.year}")
    return 0


def _import_book(source: Path, project, options: Namespace) -> int:
    """The codes of a file without text, added to the tracked book only if that is asked for."""
    rows = _missing_rows(project)[0]
    if rows and not options.add_codes:
        for row in rows[:_MOST_LISTED]:
            print_error(f"{row['theme']} (« {row['libelle']} »)")
        print_error(
            f"{source.name} n’a pas de texte. Rien n’est écrit : pour ajouter {counted(len(rows), 'code')} à {_BOOK}, "
            "relancez avec --add-codes ; pour importer un codage, exportez-le avec ses textes."
        )
        return 2
    print_message(f"{source.name} est un livre de codes :")
    _list_content(project)
    _complete_book(project, options)
    return 0


def _read_coding(source: Path, kind: str | None):
    """The coding of a file; ``kind`` is given to those of its documents that have none."""
    from dataclasses import replace

    from helpers.codings import reading

    project = reading.read(source)
    if kind is None:
        return project
    if project.codes and not project.documents:
        raise DataError(f"{source.name} est un livre de codes, sans document ; relancez sans --kind.")
    if count := sum(not document.kind for document in project.documents):
        says = "disait" if count == 1 else "disaient"
        done = f"Nature « {kind} » donnée à {counted(count, 'document')} qui ne la {says} pas."
    else:
        done = "Les documents disent déjà leur nature : --kind n’y change rien."
    documents = tuple(replace(document, kind=document.kind or kind) for document in project.documents)
    return replace(project, documents=documents, told=(done, *project.told))


def _list_content(project) -> None:
    from helpers.codings.counts import word_count
    from helpers.codings.model import USED_ATTRIBUTES

    coders = {passage.coder for passage in project.passages} - {""}
    counts = [
        counted(len(project.documents), "document"),
        counted(sum(word_count(document.text) for document in project.documents), "mot"),
        counted(len(project.codes), "code"),
        counted(len(project.passages), "passage"),
        counted(len(coders), "codeur") if coders else "codeur non indiqué",
    ]
    print_message(beside("  ", ", ".join(counts)))
    names = {name for document in project.documents for name, _ in document.attributes}
    if unused := sorted(names - set(USED_ATTRIBUTES)):
        used = ", ".join(USED_ATTRIBUTES)
        print_item(f"Variables gardées, que le rapport n’emploie pas : {', '.join(unused)} (il emploie {used}).")
    for sentence in project.told:
        print_item(sentence)
    if count := sum(not document.kind for document in project.documents):
        says = "ne dit pas s’il est" if count == 1 else "ne disent pas s’ils sont"
        print_message(
            filled(
                f"{counted(count, 'document')} {says} verbatim, compte rendu ou synthèse : ni les passages pour mille "
                "mots, ni les mots de chaque thème ne seront donnés ; si vous le savez, relancez avec --kind "
                f"({', '.join(_KINDS)})."
            )
        )


def _missing_rows(project) -> tuple[list[dict], dict[str, str]]:
    from helpers import data
    from helpers.codings import codebook

    return codebook.rows_to_add(project, data.read_reference("themes"))


def _are_read(rows: list[dict]) -> bool:
    """Whether the person at the terminal, who is shown the definitions, lets them enter git."""
    if not sys.stdin.isatty():
        return False
    for row in rows:
        print_message(beside(f"  {row['libelle']} : ", row["definition"]))
    print_message(filled("Ces définitions iraient dans un fichier suivi par git. Ni parole, ni nom : les copier ?"))
    return input("oui, ou Entrée pour non : ").strip().casefold() in ("o", "oui")


def _complete_book(project, options: Namespace) -> dict[str, str]:
    """Adds to the book the codes that it does not have, lists them, and returns their rows by their paths.

    Their definitions only if that is asked for.
    """
    from helpers import data
    from helpers.codings import codebook

    rows, added = _missing_rows(project)
    defined = [row for row in rows if row["definition"] != codebook.TO_DEFINE]
    if defined and not (options.definitions or _are_read(defined)):
        rows = [row | {"definition": codebook.TO_DEFINE} for row in rows]
        where = f"ce fichier entre dans git. Écrivez-les dans {_BOOK} une fois relues"
        print_message(filled(f"Définitions non copiées ({len(defined)}) : {where}."))
    lines = data.add_to_book(rows)
    if not rows:
        print_message("Le livre de codes a déjà tous ces codes : rien n’y est changé.")
        return added
    print_message(f"Ajoutés à la fin de {_BOOK} :")
    for line, row in zip(lines, rows, strict=True):
        under = f", sous {row['parent']}" if row["parent"] else ""
        print_message(beside(f"  ligne {line} : ", f"{row['theme']} (« {row['libelle']} »){under}"))
    if undefined := sum(row["definition"] == codebook.TO_DEFINE for row in rows):
        print_message(filled(f"À définir encore : {counted(undefined, 'code')}."))
    return added


@verb(
    "export-coding",
    "écrit un codage pour un autre outil : .qdpx, .qdc, IRaMuTeQ, CSV",
    "La fin du nom choisit le format : .qdpx (projet REFI-QDA), .qdc (livre de codes), .txt (corpus IRaMuTeQ) ; sans "
    "fin, ou .csv, un dossier de quatre tables CSV. Ce que le format ne peut pas tenir est dit.\n"
    "Ne remplace rien, et n’écrit jamais dans reports/ ; dans le projet, seulement .qdpx et .qdc, que git ignore.",
    (
        ("export-coding --year 2021 --name reunions --to ../codage.qdpx", "pour NVivo, MAXQDA, ATLAS.ti…"),
        ("export-coding --year 2021 --name reunions --to ../corpus.txt", "pour IRaMuTeQ"),
    ),
    year_option("année du codage"),
    option("--name NOM", "nom du codage, que donne « status » (obligatoire)", required=True),
    option("--to FICHIER", "fichier ou dossier à écrire, qui n’existe pas (obligatoire)", required=True),
)
def export_coding(options: Namespace) -> int:
    from helpers import data

    made, warnings = data.export_coding(options.year, options.name, Path(options.to))
    print_message(f"{options.name} : écrit dans {made}")
    for sentence in warnings:
        print_item(sentence)
    print_message("Ce codage contient des paroles : ne l’envoyez qu’à qui doit les lire.")
    return 0


@verb(
    "pseudonymise",
    "écrit les comptes rendus de l’année sans les noms, pour qu’on les code",
    "Lit data/raw/ANNÉE/comptes_rendus/ (.txt, .md, .docx) et écrit chaque texte dans "
    "data/processed/ANNÉE/prive/comptes_rendus/, qui n’entre jamais dans git. Sont remplacés : noms après un titre "
    "(M., Mme, Melle…) ou une parenté (« la mère d’Inaya »), noms de noms.csv (colonnes nom, remplacement), courriels, "
    "comptes, téléphones, adresses, identifiants, dates de naissance. Un nom qui est aussi un mot (Rose, Pierre) n’est "
    "remplacé qu’avec sa majuscule ; celui d’un lieu (collège Sévigné) est gardé.\n"
    "Mesure sur 25 phrases inventées qui n’ont pas servi à le régler : 57 mots à cacher sur 63 sont remplacés (90 %), "
    "et 57 mots remplacés sur 59 devaient l’être (97 %). Ce qui manque surtout : un nom sans titre ni parenté, absent "
    "de noms.csv. Ces textes ne sont donc pas anonymes : relisez-les, d’abord les mots douteux de a_relire.csv.",
    (("pseudonymise --year 2021", "les comptes rendus de 2021, à relire puis à coder"),),
    year_option("année des comptes rendus"),
)
def pseudonymise(options: Namespace) -> int:
    from helpers import data

    if faults := data.minutes_faults(options.year):
        raise faults[0]
    folder, marks = data.save_minutes(options.year)
    print_message(f"Écrit dans {paths.relative(folder)} :")
    for kind, count in sorted(marks.counts.items()):
        print_item(f"{kind} : {count}")
    doubtful = counted(len(marks.doubtful), "mot") if marks.doubtful else "aucun mot"
    print_message(
        filled(f"À relire avant de coder : les textes, et {doubtful} de a_relire.csv qui sont peut-être des noms.")
    )
    return 0
