"""The verbs of data, of the machine and of those who change the code."""

import argparse
import os
import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers import paths
from helpers.cli.messages import Verb, beside, complain, filled, number, tell, year

# --- ``alses check``: every fault of a year's files, then what an export holds ---

# Columns of the counts that stand before their words.
COUNT = 12


def _plural(count: int) -> str:
    return "s" if count > 1 else ""


def _list(title: str, lines: list[tuple[str, str]]) -> None:
    """A title and what it counts, one a line; nothing without any."""
    if lines:
        tell(f"{title} :")
    for head, text in lines:
        tell(beside(f"{head:>{COUNT}}  ", text))


def _place(row) -> str:
    return f"colonne « {row.colonne} » : {row.regle}" if row.colonne else row.regle


def _tell_account(account, where: str) -> None:
    rejected = account.read - account.kept
    tell(
        f"Export : {number(account.read)} ligne{_plural(account.read)} lue{_plural(account.read)}, "
        f"{number(account.kept)} gardée{_plural(account.kept)}, {number(rejected)} rejetée{_plural(rejected)}."
    )
    _list("Lignes rejetées", [(number(row.lignes), row.motif) for row in account.rejections.itertuples()])
    if where:
        tell(where)
    _list("Noté au nettoyage, en lignes", [(number(row.lignes), _place(row)) for row in account.changes.itertuples()])
    differing = [
        (row.id, f"imprimé {number(row.valeur)}, recompté {number(round(row.recompte, 1))} : {row.motif}")
        for row in account.differing.itertuples()
    ]
    _list("Chiffres imprimés que l’export ne retrouve pas", differing)


def _tell_said(year: int) -> None:
    """What the codings and the minutes hold, in numbers: nothing that was said, no name that was replaced."""
    from helpers import data

    codings = []
    for name in data.codings(year):
        project = data.load_coding(year, name)
        texts, coders = len(project.documents), len({passage.coder for passage in project.passages} - {""})
        told = f"{name} : {number(texts)} texte{_plural(texts)}, {number(coders)} codeur{_plural(coders)}"
        codings.append((number(len(project.passages)), told))
    _list("Codages, en passages", codings)
    minutes = data.load_minutes(year)
    replaced = [(number(count), kind) for kind, count in sorted(data.count_replaced(year).items())]
    if minutes:
        tell(f"Comptes rendus : {number(len(minutes))} ; un texte ainsi traité n’est pas anonyme, relisez-le.")
    _list("Remplacés à leur lecture", replaced)


def _act(options: Namespace) -> int:
    from helpers import data
    from helpers.parameters import check_year

    wanted, found = check_year(options.year), data.faults(options.year)
    found += data.minutes_faults(wanted)
    if options.accept:
        accepted = set(map(str, data.changed_exports(wanted)))
        found = [fault for fault in found if str(fault) not in accepted]
    for fault in found:
        complain(fault)
    count = f"{len(found)} erreur{_plural(len(found))}"
    tell(f"{wanted} : {count}." if found else f"{wanted} : les fichiers sont utilisables.")
    where = data.rejected_rows(wanted)
    if where and found:
        tell(where)
    if not found:
        _tell_said(wanted)
    account = None if found else data.account_for(wanted)
    if account:
        _tell_account(account, where)
    if account and options.accept:
        data.freeze_exports(wanted, data.read_export(wanted).rows, accept=True)
        tell(f"L’export de {wanted} est enregistré tel qu’il est.")
    return 2 if found else 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année à contrôler (obligatoire)")
    parser.add_argument(
        "--accept",
        action="store_true",
        help="si l’export est utilisable, l’enregistre tel qu’il est, même s’il a changé depuis qu’il a été reçu",
    )


CHECK = Verb(
    name="check",
    summary="lit les fichiers d’une année et liste toutes leurs erreurs",
    description=(
        "Lit les fichiers de data/raw/ANNÉE/, codages et comptes rendus compris, et dit, une phrase par erreur, le "
        "fichier, la ligne, la colonne, ce qui "
        "ne va pas et comment le corriger ; puis, de l’export de la base, les lignes lues, gardées, rejetées et "
        "écrites autrement, et les chiffres imprimés qu’il ne retrouve pas. N’exécute aucun notebook ; n’écrit que "
        "les lignes rejetées, dans data/processed/ANNÉE/prive/quarantaine.csv, et, avec --accept, l’empreinte de "
        "l’export, dans data/raw/ANNÉE/carte_export.json.\n"
        "Code de sortie : 0 si les fichiers sont utilisables, 2 sinon."
    ),
    examples=(
        ("check --year 2020", "les erreurs des fichiers de 2020"),
        ("check --year 2020 2> erreurs.txt", "les mêmes, gardées dans un fichier"),
        ("check --year 2021 --accept", "un export corrigé prend la place de l’ancien"),
    ),
    act=_act,
    add_options=_add_options,
)


# --- ``alses new-year``: the folder of a year that begins, and what to put where ---

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


def _new_year_act(options: Namespace) -> int:
    from helpers import data

    if not _FIRST <= options.year <= _last():
        again = f"vérifiez l’année, puis relancez, par exemple {paths.COMMAND} new-year {_last() - 1}"
        complain(f"{options.year} ne peut pas être une année de rapport (de {_FIRST} à {_last()}) : {again}")
        return 2

    made, kept = data.make_year(options.year)
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
    for name, use in (*((f"{table}.csv", row) for table, row in data.new_tables().items()), *_OTHERS):
        tell(beside(f"      {name:<23}", use))
    _bullet(f"le codage des réunions, s’il y en a un : {paths.COMMAND} import-coding FICHIER --year {options.year}")
    tell(filled("\nCe que chaque colonne veut dire : docs/data-dictionary.md"))
    tell(f"Puis : {paths.COMMAND} check --year {options.year}")
    return 0


def _new_year_add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("year", type=year, metavar="ANNÉE", help="année à préparer")


NEW_YEAR = Verb(
    name="new-year",
    summary="prépare le dossier d’une année et dit quoi y déposer",
    description=(
        "Crée data/raw/ANNÉE/ avec des tables vides qui ont les bonnes colonnes, un journal et une carte à compléter, "
        "et dit quoi déposer où. Un fichier déjà là est laissé tel quel : rien n’est jamais remplacé."
    ),
    examples=(("new-year 2021", "le dossier de 2021"),),
    act=_new_year_act,
    add_options=_new_year_add_options,
)


# --- ``alses simulate``: records of persons who do not exist ---


def _published(options: Namespace, earlier):
    from helpers import data
    from helpers.simulate import years

    figures = data.read_raw(options.year, "chiffres_publies")
    for fault in data.figure_faults(figures, year=options.year):
        raise fault
    before = data.read_earlier_figures(options.year)
    places = {"colleges": options.colleges, "associations": options.associations}
    known = {"earlier_figures": before, "earlier": earlier}
    return years.reproduce(figures, year=options.year, seed=options.seed, **known, **places)


def _invented(options: Namespace, earlier):
    from helpers.simulate import years

    places = {"colleges": options.colleges, "associations": options.associations}
    return years.invent(options.year, options.persons, seed=options.seed, earlier=earlier, **places)


def _told(records, earlier, year: int) -> str:
    by_alses = int(records["suivi_par"].eq("alses").sum())
    text = f"{number(len(records))} personnes inventées, dont {number(by_alses)} suivies par un ALSES"
    if earlier is None:
        return f"{text}."
    again = int(records["identifiant"].isin(earlier["identifiant"]).sum())
    return f"{text} ; {number(again)} étaient déjà dans l’export simulé de {year - 1}."


def _simulate_act(options: Namespace) -> int:
    from helpers import data
    from helpers.schema import DataError

    if (options.persons is None) != options.from_published:
        raise DataError("Choisissez l’un des deux : --persons N, ou --from-published.")
    data.refuse_beside_export(options.year)
    earlier = data.read_simulated(options.year - 1)
    records = (_published if options.from_published else _invented)(options, earlier)
    what = "les chiffres publiés de l’année" if options.from_published else f"{options.persons} personnes demandées"
    file = data.save_simulated(records, options.year, made_by=f"{what}, graine {options.seed}")
    tell(filled(f"{paths.relative(file)} : {_told(records, earlier, options.year)}"))
    tell(f"Puis : {paths.COMMAND} run --year {options.year}")
    return 0


def _whole(value: str) -> int:
    # Past eighteen digits a slip of the keyboard; what each number may be is said where it is used.
    if not (value.isascii() and value.isdecimal() and len(value) <= 18):
        raise argparse.ArgumentTypeError(f"un nombre entier, sans signe ni espace, est attendu, reçu : {value}")
    return int(value)


def _simulate_add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année à simuler (obligatoire)")
    parser.add_argument(
        "--persons", type=_whole, metavar="N", help="personnes suivies par un ALSES ; d’autres s’y ajoutent"
    )
    parser.add_argument(
        "--from-published", action="store_true", help="redonne chaque chiffre imprimé dans chiffres_publies.csv"
    )
    parser.add_argument(
        "--seed", type=_whole, default=1, metavar="N", help="graine : la même redonne le même fichier (1)"
    )
    parser.add_argument(
        "--colleges", type=_whole, metavar="N", help="collèges inventés (45, ou selon l’année d’avant et l’imprimé)"
    )
    parser.add_argument("--associations", type=_whole, metavar="N", help="associations inventées (12)")


SIMULATE = Verb(
    name="simulate",
    summary="invente un export de la base, marqué comme tel",
    description=(
        "Écrit data/raw/ANNÉE/accompagnements_synthetique.csv et sa carte : des personnes, des collèges et des "
        "associations qui n’existent pas. Si l’année d’avant est simulée aussi, une partie des personnes se retrouve "
        "dans les deux. Refusé à côté d’un export reçu.\n"
        "Le rapport qui en est fait porte la mention « données synthétiques » et va dans reports/ANNÉE-synthetique/."
    ),
    examples=(
        ("simulate --year 2021 --persons 2500 --seed 1", "un export vraisemblable"),
        ("simulate --year 2020 --from-published", "un export qui redonne les chiffres imprimés"),
    ),
    act=_simulate_act,
    add_options=_simulate_add_options,
)


# --- ``alses import-coding``: a coding, or a code book, from the tool that made it ---

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

    from helpers.codings import model, reading
    from helpers.schema import DataError

    project = reading.read(source)
    if kind is None:
        return project
    if project.codes and not project.documents:
        raise DataError(f"{source.name} est un livre de codes, sans document ; relancez sans --kind.")
    silent = len(model.without_kind(project))
    verb = "disait" if silent == 1 else "disaient"
    done = f"Nature « {kind} » donnée à {_counted(silent, 'document')} qui ne la {verb} pas."
    told = done if silent else "Les documents disent déjà leur nature : --kind n’y change rien."
    return replace(model.with_kind(project, kind), told=(told, *project.told))


def _tell_unknown_kinds(project) -> None:
    """What it costs that documents do not say their kind, and what to type."""
    from helpers.codings import model

    if silent := len(model.without_kind(project)):
        says = "ne dit pas s’il est" if silent == 1 else "ne disent pas s’ils sont"
        cost = "ni les passages pour mille mots, ni les mots de chaque thème ne seront donnés"
        remedy = f"si vous le savez, relancez avec --kind ({', '.join(_KINDS)})"
        what = f"{_counted(silent, 'document')} {says} verbatim, compte rendu ou synthèse"
        tell(filled(f"{what} : {cost} ; {remedy}."))


def _complete_book(project) -> None:
    """Adds what the book does not have, and lists it."""
    from helpers import data
    from helpers.codings import codebook

    rows = codebook.rows_to_add(project, data.read_reference("themes"))
    lines = data.add_to_book(rows)
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


def _import_coding_act(options: Namespace) -> int:
    from helpers import data
    from helpers.schema import DataError

    source, name = _check_request(options)
    project = _read(source, options.kind)
    if not project.documents and not project.codes:
        raise DataError(f"{source.name} ne contient ni texte, ni code ; donnez le fichier d’un codage.")
    book = data.book_faults(data.read_reference("themes"))
    if book:
        raise book[0]
    if not project.documents:
        tell(f"{source.name} est un livre de codes :")
        _tell_content(project)
        _complete_book(project)
        return 0
    unknown = data.unknown_codes(project, file=source.name)
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
    from helpers import data
    from helpers.codings import codebook

    if completes:  # what the book cannot hold is told before anything is written
        data.add_to_book(codebook.rows_to_add(project, data.read_reference("themes")), is_trial=True)
    folder = data.save_coding(project, options.year, name, source)
    tell(f"{paths.relative(folder)} :")
    _tell_content(project)
    _tell_unknown_kinds(project)
    if completes:
        _complete_book(project)
    tell(filled("\nCe dossier contient des paroles : il n’entre jamais dans git, et reste sur ce poste."))
    tell(f"Puis : {paths.COMMAND} check --year {options.year}")


def _import_coding_add_options(parser: argparse.ArgumentParser) -> None:
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


IMPORT_CODING = Verb(
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
    act=_import_coding_act,
    add_options=_import_coding_add_options,
)


# --- ``alses export-coding``: a coding of the project, for the tool where it goes on ---


def _export_coding_act(options: Namespace) -> int:
    from helpers import data

    made, told = data.export_coding(options.year, options.name, Path(options.to))
    tell(f"{options.name} : écrit dans {made}")
    for sentence in told:
        tell(beside("  - ", sentence))
    tell("Ce codage contient des paroles : ne l’envoyez qu’à qui doit les lire.")
    return 0


def _export_coding_add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=year, required=True, metavar="ANNÉE", help="année du codage (obligatoire)")
    parser.add_argument(
        "--name", required=True, metavar="NOM", help="nom du codage, que donne « status » (obligatoire)"
    )
    parser.add_argument(
        "--to", required=True, metavar="FICHIER", help="fichier ou dossier à écrire, qui n’existe pas (obligatoire)"
    )


EXPORT_CODING = Verb(
    name="export-coding",
    summary="écrit un codage pour un autre outil : .qdpx, .qdc, IRaMuTeQ, CSV",
    description=(
        "La fin du nom choisit le format : .qdpx (projet REFI-QDA), .qdc (livre de codes), .txt (corpus IRaMuTeQ) ; "
        "sans fin, ou .csv, un dossier de quatre tables CSV. Ce que le format ne peut pas tenir est dit.\n"
        "Ne remplace rien, et n’écrit jamais dans reports/ ; dans le projet, seulement .qdpx et .qdc, que git ignore."
    ),
    examples=(
        ("export-coding --year 2021 --name reunions --to ../codage.qdpx", "pour NVivo, MAXQDA, ATLAS.ti…"),
        ("export-coding --year 2021 --name reunions --to ../corpus.txt", "pour IRaMuTeQ"),
    ),
    act=_export_coding_act,
    add_options=_export_coding_add_options,
)


# --- ``alses doctor``: what is missing on this computer ---

# Columns: state, label, then the text.
STATE, LABEL = 9, 15


def _doctor_act(options: Namespace) -> int:
    from helpers.cli import diagnosis

    del options
    found = diagnosis.diagnose()
    for each in found:
        tell(beside(f"{each.state:<{STATE}}{each.label:<{LABEL}}", each.text))
        if each.remedy:
            tell(beside(f"{'→ ':>{STATE + LABEL + 2}}", each.remedy))
    missing = [each.label for each in found if each.state == diagnosis.MISSING]
    tell(f"\nÀ réparer : {', '.join(missing)}." if missing else "\nTout ce qui est nécessaire est là.")
    return 1 if missing else 0


DOCTOR = Verb(
    name="doctor",
    summary="dit ce qui manque à cet ordinateur, et comment le réparer",
    description=(
        "Contrôle Python et ses bibliothèques, le démarrage d’un notebook, le dossier du projet, le disque et les "
        "années présentes : une ligne chacun, « bien », « à noter » ou « MANQUE », avec le remède. Le texte se colle "
        "dans un message : il ne dit ni votre nom, ni vos dossiers. N’écrit et n’installe rien.\n"
        "Code de sortie : 0 si rien ne manque, 1 sinon."
    ),
    examples=(
        ("doctor", "le diagnostic"),
        ("doctor > diagnostic.txt", "le même dans un fichier, à envoyer"),
    ),
    act=_doctor_act,
)


# --- ``alses lab``: JupyterLab, in French and on this computer only ---

PORT = 8888


def _port(value: str) -> int:
    if not (value.isascii() and value.isdecimal() and 1024 <= int(value) <= 65535):
        raise argparse.ArgumentTypeError(f"un port de 1024 à 65535 est attendu, reçu : {value}")
    return int(value)


def _lab_act(options: Namespace) -> int:
    from helpers.workbench.form import launch

    return launch(port=options.port, browser=not options.no_browser, tell=tell)


def _lab_add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_port, default=PORT, metavar="PORT", help=f"port ({PORT} par défaut ; pris : le suivant libre)"
    )
    parser.add_argument("--no-browser", action="store_true", help="n’ouvre pas le navigateur, donne l’adresse")


LAB = Verb(
    name="lab",
    summary="ouvre l’atelier : JupyterLab en français, sur cet ordinateur seulement",
    description=(
        "Ouvre la page d’accueil de l’atelier : l’état des années, un formulaire pour contrôler une année ou en faire "
        "le rapport, des recettes pour explorer les chiffres, et les quatre notebooks.\n"
        "Rien ne quitte l’ordinateur : pas de mise à jour, pas d’annonce, pas de mesure d’usage. Les résultats "
        "affichés ne sont pas enregistrés dans les notebooks. Ctrl+C arrête l’atelier."
    ),
    examples=(
        ("lab", "ouvre l’atelier dans le navigateur"),
        ("lab --no-browser", "donne l’adresse à ouvrir soi-même"),
    ),
    act=_lab_act,
    add_options=_lab_add_options,
)


# --- docs/exemple/: the report that the repository shows, remade with the rest of what is generated ---

# The only year whose every figure is public.
YEAR = 2020


# What a year may hold that no one else has: the example would show it.
_PRIVATE = shutil.ignore_patterns("[Aa][Cc][Cc][Oo][Mm][Pp][Aa][Gg][Nn][Ee][Mm][Ee][Nn][Tt]*", "carte_export.json")


@contextmanager
def _without_exports(root: Path) -> Iterator[None]:
    """While the block runs, the data are those of the repository, but for the exports that somebody dropped there."""
    if not any(paths.exports(year) for year in paths.years()):
        yield
        return
    before = os.environ.get(paths.DATA_ROOT_VARIABLE)
    import tempfile  # slow to import, and the help needs nothing of it

    with tempfile.TemporaryDirectory() as aside:
        shutil.copytree(root / "data" / "raw", Path(aside) / "data" / "raw", ignore=_PRIVATE)
        os.environ[paths.DATA_ROOT_VARIABLE] = aside
        try:
            yield
        finally:
            os.environ.pop(paths.DATA_ROOT_VARIABLE)
            os.environ.update({paths.DATA_ROOT_VARIABLE: before} if before else {})


def remake_example(root: Path, tell: Callable[[str], None]) -> None:
    """Makes the report of the repository, then copies it, as it is published, where git keeps it; exports are ignored.

    Raises
    ------
    DataError
        when the data root is another folder than the repository: the example would show other data.
    """
    from helpers import paths
    from helpers.report import index
    from helpers.run.report import make_report
    from helpers.schema import DataError

    if paths.data_root() != root:
        raise DataError(
            f"docs/exemple montre les données du dépôt : effacez {paths.DATA_ROOT_VARIABLE}, puis relancez."
        )
    example = root / "docs" / "exemple"
    with _without_exports(root):
        index.write_example(make_report(YEAR, tell=tell), example)
    tell(example.relative_to(root).as_posix())


# --- ``alses test`` and ``alses generate``: for those who change the code ---

# A process for each processor, but no more than an office computer has memory for (0.5 GB each). A file stays whole
# because its tests share what they prepare; files keep their order because the first ones wait for no report.
PARALLEL = ("-n", "logical", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")


def _test(options: Namespace) -> int:
    del options
    try:
        import pytest
    except ImportError:  # the environment is not ours to complete: conda's, or one made by hand
        from helpers.schema import DataError

        raise DataError(
            "Il manque ce que demandent les tests : tapez « python -m pip install --group test » dans le dossier du "
            "projet, puis relancez."
        ) from None
    return int(pytest.main(["-q", *PARALLEL, str(paths.repository() / "tests")]))


def _generate(options: Namespace) -> int:
    del options
    from helpers.documents import conda_environment, data_dictionary

    root = paths.repository()
    written = {
        root / "environment.yml": conda_environment((root / "pyproject.toml").read_text(encoding="utf-8")),
        root / "docs" / "data-dictionary.md": data_dictionary(),
    }
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        tell(path.relative_to(root).as_posix())
    remake_example(root, tell)
    return 0


TEST = Verb(
    name="test",
    summary="lance les tests (développement)",
    description=(
        "Lance tous les tests sur un projet inventé, sans réseau : quelques minutes. N’écrit rien dans data/ ni dans "
        "reports/. La première fois, ajoute à .venv ce que les tests demandent (100 Mo).\n"
        "Code de sortie : 0 si tout passe."
    ),
    examples=(("test", "tous les tests"),),
    act=_test,
)
GENERATE = Verb(
    name="generate",
    summary="récrit les fichiers produits à partir du code (développement)",
    description=(
        "Récrit environment.yml à partir de pyproject.toml, et docs/data-dictionary.md à partir des schémas et du "
        "catalogue, puis fait le rapport de 2020 et le copie dans docs/exemple/. À lancer après avoir modifié le code, "
        "un texte ou les données : une minute."
    ),
    examples=(("generate", "les deux fichiers et le rapport d’exemple"),),
    act=_generate,
)
