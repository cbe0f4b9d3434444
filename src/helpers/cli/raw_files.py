"""Verbs on the files of a year: prepare its folder, check what was received, invent an export."""

import sys
from argparse import Namespace

from helpers import paths
from helpers.cli import as_whole, option, verb, year_argument, year_option
from helpers.cli.messages import beside, counted, filled, number, plural, print_error, print_item, print_message
from helpers.errors import DataError
from helpers.paths import COMMAND

# --- new-year ---

# No record of the network is older: before, and long after today, a year is a slip of the keyboard.
_FIRST_YEAR = 2000
_OTHER_FILES = {
    "README.md": "d’où vient chaque fichier, et quand",
    "datapackage.json": "la carte : le document que les pages citent, sous « sources »",
}


@verb(
    "new-year",
    "prépare le dossier d’une année et dit quoi y déposer",
    "Crée data/raw/ANNÉE/ avec des tables vides qui ont les bonnes colonnes, un journal et une carte à compléter, et "
    "dit quoi déposer où. Un fichier déjà là est laissé tel quel : rien n’est jamais remplacé.",
    (("new-year 2021", "le dossier de 2021"),),
    year_argument("année à préparer"),
)
def new_year(options: Namespace) -> int:
    from datetime import date

    from helpers import data
    from helpers.schema import table_schema

    # Next year, by the computer or by the data: a clock may be wrong.
    last = 1 + max([date.today().year, *paths.years()])
    if not _FIRST_YEAR <= options.year <= last:
        raise DataError(
            f"{options.year} ne peut pas être une année de rapport (de {_FIRST_YEAR} à {last}) : vérifiez l’année, "
            f"puis relancez, par exemple {COMMAND} new-year {last - 1}"
        )
    made, left = data.make_year(options.year)
    folder = paths.relative(paths.raw(options.year))
    print_message(f"{folder} est prêt." if made else f"{folder} a déjà tous ses fichiers.")
    for label, files in (("créés", made), ("laissés tels quels", left)):
        if files:
            print_message(beside(f"  {label} : ", ", ".join(path.name for path in files)))
    print_message(filled("\nÀ déposer dans ce dossier, l’un ou l’autre, ou plusieurs :"))
    print_item(
        "l’export de la base, une personne par ligne : un fichier dont le nom commence par « accompagnements » (.csv, "
        ".xlsx, .xls, .ods, .parquet, .sav ou .dta). Il n’entre jamais dans git : il reste sur ce poste."
    )
    fields = table_schema("accompagnements")["fields"]
    for presence in ("obligatoire", "facultative"):
        names = ", ".join(each["name"] for each in fields if each["presence"] == presence)
        print_message(beside(f"      colonnes {presence}s : ", names))
    print_item(
        "ce qu’un document dit de l’année, dans les tables vides (celle qui ne sert pas peut le rester) ; une ligne y "
        "est :"
    )
    tables = {f"{table}.csv": row for table, row in data.new_tables().items()}
    for name, use in (tables | _OTHER_FILES).items():
        print_message(beside(f"      {name:<23}", use))
    print_item(f"le codage des réunions, s’il y en a un : {COMMAND} import-coding FICHIER --year {options.year}")
    print_message(filled("\nCe que chaque colonne veut dire : docs/data-dictionary.md"))
    print_message(f"Puis : {COMMAND} check --year {options.year}")
    return 0


# --- check ---

# Columns of the counts that stand before their words.
COUNT = 12


@verb(
    "check",
    "lit les fichiers d’une année et liste toutes leurs erreurs",
    "Lit les fichiers de data/raw/ANNÉE/, codages et comptes rendus compris, et dit, une phrase par erreur, le "
    "fichier, la ligne, la colonne, ce qui ne va pas et comment le corriger ; puis, de l’export de la base, les lignes "
    "lues, gardées, rejetées et écrites autrement, et les chiffres imprimés qu’il ne retrouve pas. La faute la plus "
    "grave vient d’abord. N’exécute aucun notebook.\n"
    "Ce qui n’a pas été compris (un titre, une réponse, un collège, une association) est dans "
    "data/raw/ANNÉE/a_completer.csv, qui reste sur ce poste : ouvrez-le dans un tableur, remplissez « à comprendre "
    "comme », enregistrez, puis check --adopt. Vos réponses valent pour l’export de cette année, dans "
    "data/raw/ANNÉE/lectures.csv, qui reste aussi sur ce poste. Les lignes rejetées sont dans "
    "data/processed/ANNÉE/prive/quarantaine.csv.\n"
    "Code de sortie : 0 si les fichiers sont utilisables, 2 sinon.",
    (
        ("check --year 2020", "les erreurs des fichiers de 2020"),
        ("check --year 2020 2> erreurs.txt", "les mêmes, gardées dans un fichier"),
        ("check --year 2021 --adopt", "tient compte de ce que vous avez rempli dans a_completer.csv"),
        ("check --year 2021 --adopt --shared", "et l’ajoute aux tables de référence, pour toutes les années"),
        ("check --year 2021 --accept", "un export corrigé prend la place de l’ancien"),
    ),
    year_option("année à contrôler"),
    option("--adopt", "prend ce qui est rempli dans a_completer.csv comme lecture de cette année, puis contrôle"),
    option(
        "--shared",
        "avec --adopt, montre les lectures de cette année, puis les ajoute à data/raw/reference/, que git suit",
    ),
    option(
        "--accept", "si l’export est utilisable, l’enregistre tel qu’il est, même s’il a changé depuis qu’il a été reçu"
    ),
)
def check(options: Namespace) -> int:
    from helpers import data
    from helpers.parameters import check_year

    wanted = check_year(options.year)
    refused = _adopt(wanted, shared=options.shared) if options.adopt or options.shared else []
    faults = refused + data.faults(wanted) + data.minutes_faults(wanted)
    if options.accept:
        accepted = set(map(str, data.export_faults(wanted)))
        faults = [fault for fault in faults if str(fault) not in accepted]
    for fault in faults:
        print_error(f"{fault} ({counted(fault.persons, 'personne')})" if fault.persons else fault)
    rejected = data.rejected_rows(wanted)
    if faults:
        print_message(f"{wanted} : {len(faults)} erreur{plural(len(faults))}.")
        if rejected:
            _list_rejected(data.read_export(wanted).cleaned.rejections, rejected)
        _list_unread(wanted, [*map(str, faults)])
        return 2
    print_message(f"{wanted} : les fichiers sont utilisables.")
    _list_spoken(wanted)
    if account := data.account_for(wanted):
        _list_account(account, rejected)
        if options.accept:
            data.freeze_exports(wanted, data.read_export(wanted).received.rows, accept=True)
            print_message(f"L’export de {wanted} est enregistré tel qu’il est.")
    _list_unread(wanted, [])
    return 0


def _adopt(year: int, *, shared: bool) -> list[DataError]:
    """Keeps what was filled in, says so, and gives back what could not be."""
    from helpers import data

    adoption = data.adopt(year, data.unread(year))
    if count := len(adoption.rows):
        kept = f"{counted(count, 'réponse')} de {paths.TO_COMPLETE}, gardée{plural(count)} dans "
        print_message(f"{kept}{paths.relative(paths.own_readings(year))} :")
        for line in adoption.shown:
            print_message(beside("  - ", line))
        print_message(filled("Pour revenir sur une réponse, effacez sa ligne de ce fichier, puis relancez check."))
    elif not adoption.faults:
        print_message(f"Rien de nouveau n’est rempli dans {paths.relative(paths.raw(year) / paths.TO_COMPLETE)}.")
    if shared:
        _share_readings(year)
    return adoption.faults


def _share_readings(year: int) -> None:
    """Shows what would enter the tables that git follows, then adds it unless the person at the terminal says no."""
    from helpers import data

    tables = data.shareable(year)
    if not tables:
        print_message("Rien à ajouter aux tables de référence.")
        return
    print_message("À ajouter aux tables de référence, que git suit et que tout le projet lit :")
    for name, rows in tables.items():
        for row in rows:
            print_message(beside(f"  {name}.csv : ", ", ".join(filter(None, row.values()))))
    question = "Aucune ne dit rien d’une personne, je les ajoute (oui ou non) : "
    if sys.stdin.isatty() and input(question).strip().lower() not in ("o", "oui"):
        print_message("Rien n’est ajouté.")
        return
    data.share(year)
    print_message("C’est fait : relisez-les avec git diff.")


# Spellings that the terminal names; the file has them all.
MOST_UNREAD = 10


def _list_unread(year: int, told: list[str]) -> None:
    """Writes what is to be explained, and says how: answers of closed lists, never another value.

    ``told`` are the faults already printed: a table that cannot be read is among them.
    """
    from helpers import data
    from helpers.data.titles import TITLE

    try:
        left = data.write_to_complete(year, data.unread(year))
    except DataError as fault:
        if str(fault) not in told:
            print_error(fault)
        return
    if not left:
        return
    # Of the titles, only those of the columns that are missing stop the year.
    asked = sum(each.is_asked and each.column != TITLE for each in left)
    has_titles = any(each.is_asked and each.column == TITLE for each in left)
    needed = ["des titres de colonnes"] * has_titles
    needed += [f"{asked} autre{plural(asked)}" if has_titles else f"{asked}"] * bool(asked)
    file = paths.relative(paths.raw(year) / paths.TO_COMPLETE)
    need = f", dont {' et '.join(needed)} sans quoi l’année ne peut pas être utilisée"
    need = need if needed else " ; l’année peut s’en passer"
    print_message(filled(f"\n{counted(len(left), 'écriture')} à expliquer, dans {file}{need}."))
    shown = [each for each in left if each.is_shown][:MOST_UNREAD]
    for unit, has_persons in (("personnes", True), ("lignes", False)):
        few = [each for each in shown if bool(each.persons) == has_persons]
        lines = [(each.persons or each.count, f"« {each.value} », colonne « {each.column} »") for each in few]
        _list(f"Les premières, en {unit}", lines)
    print_message(
        filled(
            "Ouvrez ce fichier dans un tableur, remplissez « à comprendre comme », enregistrez, puis : "
            f"{COMMAND} check --year {year} --adopt"
        )
    )


def _list(title: str, lines: list[tuple[float | str, str]]) -> None:
    """A title and what it counts, or names, one a line; nothing without any."""
    if lines:
        print_message(f"{title} :")
    for head, text in lines:
        print_message(beside(f"{head if isinstance(head, str) else number(head):>{COUNT}}  ", text))


def _list_spoken(year: int) -> None:
    """What the codings and the minutes hold, in numbers: nothing that was said, no name that was replaced."""
    from helpers import data

    codings = []
    for name in data.codings(year):
        project = data.load_coding(year, name)
        coders = {passage.coder for passage in project.passages} - {""}
        text = f"{name} : {counted(len(project.documents), 'texte')}, {counted(len(coders), 'codeur')}"
        codings.append((len(project.passages), text))
    _list("Codages, en passages", codings)
    minutes, marks = data.load_minutes(year)
    if minutes:
        print_message(f"Comptes rendus : {number(len(minutes))} ; pour les coder sans les noms : pseudonymise.")
    _list("Remplacés à leur lecture", [(count, kind) for kind, count in sorted(marks.counts.items())])


def _list_rejected(rejections, where: str) -> None:
    """The rejected rows by reason, and where they are kept."""
    _list("Lignes rejetées", [(row.lignes, row.motif) for row in rejections.itertuples()])
    if where:
        print_message(where)


def _list_account(account, rejected_rows: str) -> None:
    """What became of the rows of an export: first what someone should look at, the most rows first."""
    from helpers.clean import answers
    from helpers.clean.cleaning import ROUTINE

    read, persons, ledger = account.cleaned.read, account.cleaned.persons, account.cleaned.ledger
    parts = ((read, "ligne lue", "lignes lues"), (len(persons), "gardée"), (read - len(persons), "rejetée"))
    print_message(f"Export : {', '.join(counted(*part) for part in parts)}.")
    _list_rejected(account.cleaned.rejections, rejected_rows)
    is_plain = ledger["regle"].str.startswith(ROUTINE)
    illegible = [each for each in account.cleaned.unread if not answers.read_day(answers.normalise(each.value))]
    lines = {(each.file, each.column): each.first_line for each in sorted(illegible, key=lambda each: -each.first_line)}

    def example(row) -> str:
        is_illegible = row.regle in (answers.RULE_NO_DAY, answers.RULE_BIRTH, answers.RULE_BAD_UAI)
        line = lines.get((row.fichier, row.colonne)) if is_illegible else None
        return f" (la première, ligne {line})" if line else ""

    changes = [
        (row.lignes, f"{f'colonne « {row.colonne} »' if row.colonne else row.fichier} : {row.regle}{example(row)}")
        for row in ledger[~is_plain].sort_values("lignes", ascending=False, kind="stable").itertuples()
    ]
    _list("À vérifier (perdu, approché, contredit ou laissé de côté), en lignes", changes)
    if plain := ledger[is_plain].groupby("colonne", sort=False)["lignes"].sum().to_dict():
        named = {f"« {name} »" if name else "le fichier": number(count) for name, count in plain.items()}
        columns = ", ".join(f"{name}\u00a0{count}" for name, count in named.items())
        print_message(filled(f"Sans que le sens change (la page 01 dit comment), en cases : {columns}."))
    if persons.absent:
        named = ", ".join(f"« {name} »" for name in persons.table if name in persons.absent)
        print_message(filled(f"Colonnes que l’export n’a pas, dont rien n’est compté : {named}."))
    for year in account.strangers:
        print_message(
            filled(
                f"Chaque association numérote ses personnes dans cet export ou dans celui de {year}, non dans les "
                "deux : qui est suivi les deux années ne peut pas être reconnu."
            )
        )
    differing = [
        (row.id, f"imprimé {number(row.valeur)}, recompté {number(round(row.recompte, 1))} : {row.motif}")
        for row in account.differing.itertuples()
    ]
    _list("Chiffres imprimés que l’export ne retrouve pas", differing)


# --- simulate ---


@verb(
    "simulate",
    "invente un export de la base, marqué comme tel",
    "Écrit data/raw/ANNÉE/accompagnements_synthetique.csv et sa carte : des personnes, des collèges et des "
    "associations qui n’existent pas. Si l’année d’avant est simulée aussi, une partie des personnes se retrouve dans "
    "les deux. Refusé à côté d’un export reçu.\n"
    "Le rapport qui en est fait porte la mention « données synthétiques » et va dans reports/ANNÉE-synthetique/.",
    (
        ("simulate --year 2021 --persons 2500 --seed 1", "un export vraisemblable"),
        ("simulate --year 2020 --from-published", "un export qui redonne les chiffres imprimés"),
    ),
    year_option("année à simuler"),
    option("--persons N", "personnes suivies par un ALSES ; d’autres s’y ajoutent", type=as_whole),
    option("--from-published", "redonne chaque chiffre imprimé dans chiffres_publies.csv"),
    option("--seed N", "graine : la même redonne le même fichier (1)", type=as_whole, default=1),
    option("--colleges N", "collèges inventés (45, ou selon l’année d’avant et l’imprimé)", type=as_whole),
    option("--associations N", "associations inventées (12)", type=as_whole),
)
def simulate(options: Namespace) -> int:
    from helpers import data
    from helpers.simulate import years

    if (options.persons is None) != options.from_published:
        raise DataError("Choisissez l’un des deux : --persons N, ou --from-published.")
    data.refuse_beside_export(options.year)
    earlier = data.read_simulated(options.year - 1)
    how = {name: getattr(options, name) for name in ("seed", "colleges", "associations")} | {"earlier": earlier}
    if options.from_published:
        figures = data.read_raw(options.year, "chiffres_publies")
        for fault in data.table_faults("chiffres_publies", figures, year=options.year):
            raise fault
        before = data.read_earlier_figures(options.year)
        records = years.reproduce(figures, year=options.year, earlier_figures=before, **how)
        origin = "les chiffres publiés de l’année"
    else:
        records = years.invent(options.year, options.persons, **how)
        origin = f"{options.persons} personnes demandées"
    file = data.save_simulated(records, options.year, made_by=f"{origin}, graine {options.seed}")
    by_alses = int(records["suivi_par"].eq("alses").sum())
    text = f"{number(len(records))} personnes inventées, dont {number(by_alses)} suivies par un ALSES"
    if earlier is not None:
        again = int(records["identifiant"].isin(earlier["identifiant"]).sum())
        text += f" ; {number(again)} étaient déjà dans l’export simulé de {options.year - 1}"
    print_message(filled(f"{paths.relative(file)} : {text}."))
    print_message(f"Puis : {COMMAND} run --year {options.year}")
    return 0
