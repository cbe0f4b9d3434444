"""The audit and the export in a reader's words: frames that `text.table` shows as they are."""

import re
from datetime import date

import pandas as pd
from markupsafe import Markup

from helpers.indicators.lookup import Fact, Facts, decimals_of, line_runs, title_of_figure
from helpers.schema import FEWEST_PERSONS, ROUNDING_BASE, VERDICTS, catalogue, table_schema
from helpers.text.formats import (
    day,
    number,
    percent,
    plural,
    points,
    say_base,
    say_count,
    say_share,
    say_unit,
    signed,
)
from helpers.typography import NARROW

# --- The posts: what was written otherwise ---


def ledger_in_words(ledger: pd.DataFrame) -> pd.DataFrame:
    """The ledger of the posts (schema ``registre``): columns by their titles, answers by their labels.

    >>> registre = text.ledger_in_words(data.load(2020, "registre"))
    >>> registre.groupby("Colonne").size().to_dict()["Bureau ou local"]
    17
    """
    titles = {column["name"]: column["title"] for column in table_schema("prises_de_poste")["fields"]}
    entries = catalogue().indicators

    def after(row) -> str:
        if row.colonne in entries:
            return entries[row.colonne].label_of(row.apres)
        return day(date.fromisoformat(row.apres)) if row.colonne == "date_debut" else row.apres

    shown = ledger.assign(colonne=ledger["colonne"].map(titles), apres=[after(row) for row in ledger.itertuples()])
    names = {"ligne": "Ligne", "colonne": "Colonne", "avant": "Avant", "apres": "Après", "regle": "Règle"}
    return shown[list(names)].rename(columns=names)


# --- The audit: calculations, verdicts, what to read with caution ---

# A quotation is kept as it is; dates, school years and numbers are written in French.
_TOKEN = re.compile(r"«[^»]*»|\d{4}-\d{2}-\d{2}|\d{4}-\d{4}|\d+(?:\.\d+)?")
_OF_ROWS = re.compile(r"(.+?) lignes? / (\d+) lignes?")
_SIGNS = {" / ": " ÷ ", " * ": " × ", " x ": " × ", " - ": " − ", " %": f"{NARROW}%"}


def written(text: str) -> str:
    """A calculation in neutral notation, as a French reader writes it.

    >>> written("6 lignes / 17 lignes"), written("41.5 % - 2233 le 2021-01-13")
    ('6 lignes sur 17', '41,5\\u202f% − 2\\u202f233 le 13 janvier 2021')
    """

    def french(found: re.Match) -> str:
        token = found[0]
        if token.startswith("«") or re.fullmatch(r"\d{4}-\d{4}", token):
            return token
        if "-" in token:
            return day(date.fromisoformat(token))
        return number(float(token), len(token.partition(".")[2]))

    pieces = [_OF_ROWS.sub(r"\1 lignes sur \2", piece) for piece in text.split(" ; ")]
    text = " ; ".join(re.sub(r"^1 lignes", "1 ligne", piece) for piece in pieces)
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    return _TOKEN.sub(french, text)


def printed_value(row) -> str:
    """A printed value as it is printed: « près de 42 % », « 2 233 personnes », « +3 points »."""
    sign = {"pres_de": "près de ", "plus_de": "plus de "}.get(row.operateur, "")
    decimals = decimals_of(row.valeur)
    if row.mesure == "part":
        return f"{sign}{percent(row.valeur, decimals)}"
    if row.unite == "points":
        return points(row.valeur, decimals)
    unit = plural(row.valeur, *catalogue().units[row.unite])
    value = signed(row.valeur) if row.mesure == "ecart" else number(row.valeur, decimals)
    return f"{sign}{value} {unit}"


def _result(row, low: float, high: float) -> str:
    """The result of a calculation: « = 54,0 % », « : de 927 à 949 »."""
    is_whole = float(low).is_integer() and float(high).is_integer() and row.mesure != "part"
    write = signed if row.mesure == "ecart" else number
    ends = list(dict.fromkeys(write(value, 0 if is_whole else 1) for value in (low, high)))
    unit = f"{NARROW}%" if row.mesure == "part" else " points" if row.unite == "points" else ""
    return f" = {ends[0]}{unit}" if len(ends) == 1 else f" : de {ends[0]} à {ends[1]}{unit}"


def _calculated(row, text: str, low: float, high: float) -> str:
    if pd.isna(low) or pd.isna(high):
        return ""  # nothing limits it: no result to show
    shown, result = written(text), _result(row, low, high)
    # A count read in a table is its own result.
    return shown if re.fullmatch(r"\d+( lignes?| énoncés?)?", text) else f"{shown}{result}" if text else result[3:]


def _calculation(row) -> Markup | str:
    shown = _calculated(row, row.calcul, row.recalcul_min, row.recalcul_max)
    if not shown:
        return "—"
    other = _calculated(row, row.calcul_autrement, row.autrement_min, row.autrement_max)
    shown += f" ; sans l’hypothèse, {other}" if other else ""
    lines = row.lignes_du_calcul.removeprefix(f"{row.document}, ")
    cited = Markup('<span class="note">{}</span>').format(lines) if lines else ""
    return Markup('<span class="recalcul">{} {}</span>').format(shown, cited)


def _grim(row) -> str:
    if pd.isna(row.grim_base_min) or row.grim_base_max == 0:
        return "—"
    base, counts = (
        " à ".join(dict.fromkeys(map(number, ends)))
        for ends in ((row.grim_base_min, row.grim_base_max), (row.grim_min, row.grim_max))
    )
    # « Près de 90 % » of 17 claims no exact share: that none exists is no fault.
    none = "impossible" if row.operateur == "=" else "aucun exact"
    return f"{none} sur {base}" if pd.isna(row.grim_min) else f"{counts} sur {base}"


def _verdict(row, motive: str) -> Markup:
    """The verdict as a pill, then why."""
    mark = Markup('<span class="verdict {}">{}</span>').format(row.verdict.replace("_", "-"), VERDICTS[row.verdict])
    return Markup('{} <span class="motif">{}</span>').format(mark, motive) if motive else mark


def controls_in_words(controls: pd.DataFrame) -> pd.DataFrame:
    """Every printed value (schema ``controles``): line, recalculation, counts that a share allows, verdict; ``Année``
    groups them.
    """
    usual = ("confirme", "non_verifiable")  # explained above the table
    rows = [
        (
            f"Chiffres de {row.annee}",
            title_of_figure(row),
            f"l. {row.ligne}",
            printed_value(row),
            _calculation(row),
            _grim(row),
            _verdict(row, "" if row.verdict in usual else row.motif),
        )
        for row in controls.itertuples()
    ]
    names = ["Année", "Chiffre", "Ligne", "Imprimé", "Recalcul et ses lignes", "Effectifs possibles", "Verdict"]
    return pd.DataFrame(rows, columns=names, dtype=object)


def _lines(text: str) -> str:
    return f"l. {line_runs(text.split(', '))}"


def coherences_in_words(findings: pd.DataFrame) -> pd.DataFrame:
    """What was cross-checked (schema ``coherences``): subject, lines, calculation, verdict and reason."""
    rows = [
        (row.sujet, _lines(row.lignes), written(row.calcul) or "—", _verdict(row, row.motif))
        for row in findings.itertuples()
    ]
    return pd.DataFrame(rows, columns=["Sujet", "Lignes", "Calcul", "Verdict"], dtype=object)


def _value(fact: Fact, unit: str = "") -> Markup:
    """Its share if that is what is printed, else its count, on its base when that is known to the unit."""
    if fact.counts is None or (fact.share is not None and fact.precision == "arrondi_imprime"):
        return say_share(fact)
    said = say_count(fact) + Markup(" {}").format(unit) if unit else say_count(fact)
    is_based = fact.base and 0 < fact.base[0] == fact.base[1]
    return said + Markup(" sur {}").format(say_base(fact)) if is_based else said


def _known(paths: str, facts: Facts) -> list[Fact]:
    found = [facts(path) for path in re.split(r" ?; ?", paths) if path]
    return [fact for fact in found if fact]


def findings_in_words(serious: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """What to read with caution (`indicators.serious_findings`): subject, lines, value, reason; ``verdict`` stays."""

    def value(paths: str) -> Markup:
        known = _known(paths, facts)
        said = [_value(fact, say_unit(fact)) for fact in known]
        return Markup(" contre ").join(said) if 0 < len(said) <= 2 else Markup("—")

    def motive(row) -> Markup:
        other = Markup(" Sans elle\u00a0: {}.").format(value(row.sinon)) if _known(row.sinon, facts) else ""
        return Markup("{}{}").format(row.motif, other)

    rows = [
        (row.verdict, row.sujet, f"l. {row.lignes}", value(row.indicateurs), motive(row))
        for row in serious.itertuples()
    ]
    names = ["verdict", "Chiffre ou affirmation", "Lignes", "Valeur", "Pourquoi"]
    return pd.DataFrame(rows, columns=names, dtype=object)


def remarks_in_words(remarks: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Remarks that no calculation can settle (schema ``remarques``), their values, and what the report does."""

    def told(row) -> Markup | str:
        named = [
            Markup("{} : {}").format(catalogue().indicators[name].title_of(answer), _value(fact))
            for fact in _known(row.indicateurs, facts)
            for name, answer in [fact.key.split("/")[2:4]]
        ]
        note = Markup('{} <span class="note">{}</span>').format(row.constat, Markup(" ; ").join(named))
        return note if named else row.constat

    rows = [(row.sujet, _lines(row.lignes), told(row), row.raison, row.consequence) for row in remarks.itertuples()]
    names = ["Sujet", "Lignes", "Ce que dit la relecture", "Pourquoi aucun calcul ne tranche", "Ce que fait le rapport"]
    return pd.DataFrame(rows, columns=names, dtype=object)


# --- The rows of an export, and the printed values that it recounts ---

# How a printed value and its recount agree: the word, and the class of the verdict that looks alike.
_AGREEMENTS = {
    "concorde": ("concorde", "confirme"),
    "differe": ("diffère", "contradictoire"),
    "ambigu": ("ambigu", "ambigu"),
    "non_recomptable": ("non recomptable", "non-verifiable"),
}
_FEW = f"moins de {FEWEST_PERSONS}"
_HIDDEN = f"Moins de {FEWEST_PERSONS} personnes dans l’export : ni leur nombre, ni l’écart ne sont montrés."


def rows_or_few(count: int, *, kept: int | None = None) -> str:
    """A number of rows, unless it is small enough to reveal a person.

    Rows counted among those ``kept`` are rounded like all that counts persons: a spelling may be all there is of an
    answer. One of as many as were kept, or more, is not given: beside those kept, it would count the others.

    >>> rows_or_few(0), rows_or_few(4), rows_or_few(1207), rows_or_few(207, kept=1205), rows_or_few(1207, kept=1205)
    ('0', 'moins de 5', '1\\u202f207', 'environ 205', 'toutes ou presque')
    """
    if kept is not None and count >= max(kept, 1):
        return "toutes ou presque"
    if 0 < count < FEWEST_PERSONS:
        return _FEW
    if kept is None or not count:
        return number(count)
    return f"environ {number(ROUNDING_BASE * round(count / ROUNDING_BASE))}"


def _in_unit(row, value: float, *, is_gap: bool = False) -> str:
    if row.unite == "points" or (is_gap and row.mesure == "part"):
        return points(value, 1)
    if row.mesure == "part":
        return percent(value, 1)
    return signed(value) if is_gap or row.mesure == "ecart" else number(value)


def _protected(row, text: str) -> Markup:
    """A text that quotes the recount of an indicator, with its key: a page hides those that it rounds elsewhere."""
    key = f"{row.annee}/{row.perimetre}/{row.indicateur}/{row.modalite}"
    return Markup('<span data-protege="{}">{}</span>').format(key, text) if text else Markup()


def reconciled_in_words(reconciled: pd.DataFrame) -> pd.DataFrame:
    """Printed values beside their recount in the export (schema ``rapprochements``).

    A recount of 1 to 4 persons is suppressed. The others bear their key (``data-protege``).
    """

    def named(row, value: float, *, is_gap: bool = False) -> Markup | str:
        return "—" if pd.isna(value) else _protected(row, _in_unit(row, value, is_gap=is_gap))

    rows = []
    for row in reconciled.itertuples():
        word, look = _AGREEMENTS[row.accord]
        is_few = pd.notna(row.effectif) and 0 < row.effectif < FEWEST_PERSONS
        again = (_FEW, "—") if is_few else (named(row, row.recompte), named(row, row.ecart, is_gap=True))
        why = _HIDDEN if is_few else _protected(row, row.motif)
        agreement = Markup('<span class="verdict {}">{}</span> <span class="motif">{}</span>').format(look, word, why)
        rows.append((title_of_figure(row), f"l. {line_runs([row.ligne])}", printed_value(row), *again, agreement))
    return pd.DataFrame(rows, columns=["Chiffre", "Ligne", "Imprimé", "Recompté", "Écart", "Accord"], dtype=object)
