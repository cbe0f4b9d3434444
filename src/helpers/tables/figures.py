"""Figures of the indicator table as tables: modalities, answers, controls, cards."""

from datetime import date

import pandas as pd
from markupsafe import Markup

from helpers.facts import Fact, Facts, decimals_of, fact_of
from helpers.schema import PRECISIONS, VERDICTS, catalogue, table_schema
from helpers.tables.frame import headings, lay_out, table
from helpers.typography import NARROW
from helpers.wording import Html, day, fragment, number, percent, plain, plural, points, say, signed
from helpers.wording.marks import precision_mark, say_base, say_count, say_share


def breakdown_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """The modalities of an indicator: count, base, share, how well each is known, and where it is printed."""
    cells = [
        [fact.label, say_count(fact), _base(fact), say_share(fact), precision_mark(fact.precision), fact.reference]
        for fact in map(fact_of, rows.itertuples())
    ]
    unit = catalogue().units[rows["unite"].iloc[0]][1]
    numbers = [f"Effectif ({unit})", f"Base ({unit})", "Part"]
    return lay_out(caption, headings("Modalité", *numbers, "Précision", "Référence", numbers=numbers), cells)


def _base(fact: Fact) -> Markup | str:
    return "ambiguë" if fact.share is not None and fact.base is None else say_base(fact)


def answers_table(rows: pd.DataFrame, *, caption: str, folded: bool = False) -> Html:
    """Several indicators on one base: question, answer, count, base and share (columns of `describe.answers`)."""
    if rows.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    cells = [
        [row.question, fact.label, say_count(fact), say_base(fact), say_share(fact)]
        for row in rows.itertuples()
        for fact in [fact_of(row)]
    ]
    numbers = ["Postes", "Base", "Part"]
    made = lay_out(caption, headings("Question", "Réponse", *numbers, numbers=numbers), cells)
    return Html(fragment("folded.html.j2", summary=caption, content=made), made.text) if folded else made


def _printed(row) -> str:
    sign = {"pres_de": "près de ", "plus_de": "plus de "}.get(row.operateur, "")
    decimals = decimals_of(row.valeur)
    if row.mesure == "part":
        return f"{sign}{percent(row.valeur, decimals)}"
    if row.unite == "points":
        return points(row.valeur, decimals)
    unit = plural(row.valeur, *catalogue().units[row.unite])
    value = signed(row.valeur) if row.mesure == "ecart" else number(row.valeur, decimals)
    return f"{sign}{value} {unit}"


def _recomputed(row) -> str:
    if pd.isna(row.recalcul_min):
        return "—"
    is_whole = float(row.recalcul_min).is_integer() and float(row.recalcul_max).is_integer()
    write = signed if row.mesure == "ecart" else number
    ends = dict.fromkeys(write(value, 0 if is_whole else 1) for value in (row.recalcul_min, row.recalcul_max))
    unit = f"{NARROW}%" if row.mesure == "part" else " points" if row.unite == "points" else ""
    return f"{' à '.join(ends)}{unit}"


def _verdict(row) -> Markup:
    """The verdict, and its reason where it is not one of the two usual ones, which the text above the table gives."""
    mark = Markup('<span class="verdict {}">{}</span>').format(row.verdict.replace("_", "-"), VERDICTS[row.verdict])
    is_usual = row.verdict in ("confirme", "non_verifiable")
    return mark if is_usual else Markup("{} {}").format(mark, row.motif)


def _what(row) -> str:
    entries = catalogue()
    entry = entries.indicators[row.indicateur]
    title = entry.title_of(row.modalite)
    # Only persons are counted in several populations.
    is_plain = row.perimetre == "alses" or entry.unit != "personnes"
    return title if is_plain else f"{title} ({entries.perimeters[row.perimetre].short})"


def controls_table(controls: pd.DataFrame, *, caption: str) -> Html:
    """Every printed figure with its line, what the other data give, the verdict and, if need be, the reason."""
    if controls.empty:
        return say("figures", "nothing", subject="aucun chiffre imprimé n’a été relevé")
    cells = [
        [_what(row), row.annee, f"l. {row.ligne}", _printed(row), _recomputed(row), _verdict(row)]
        for row in controls.itertuples()
    ]
    names = ["Chiffre", "Année", "Ligne", "Imprimé", "Recalculé", "Verdict"]
    return lay_out(caption, headings(*names, numbers=["Imprimé", "Recalculé"]), cells)


def cards(facts: Facts, figures: dict[str, str]) -> Html:
    """Key figures as cards: share or count, what it is, its base, how well it is known; absent ones are left out.

    The marks that the cards use are explained below them.
    """
    found = [(facts(path), label) for path, label in figures.items()]
    known = [(fact, label) for fact, label in found if fact and (_is_total(fact) or fact.share_bounds is not None)]
    shown = [
        {
            "value": say_count(fact) if _is_total(fact) else say_share(fact),
            "mark": precision_mark(fact.precision),
            "label": label,
            "base": "effectif total"
            if _is_total(fact)
            else Markup("sur {}").format(say_base(fact))
            if fact.base
            else "",
        }
        for fact, label in known
    ]
    used = {fact.precision for fact, _ in known}
    legend = [(precision_mark(name), meaning) for name, meaning in PRECISIONS.items() if name in used]
    text = fragment("cards.html.j2", cards=shown, legend=legend)
    return Html(text, plain(text))


def _is_total(fact: Fact) -> bool:
    return fact.key.endswith("/")


def ledger_table(ledger: pd.DataFrame, *, caption: str) -> Html:
    """The ledger of the posts in a reader's words: titles of columns, labels of answers, dates in letters; folded."""
    fields = {column["name"]: column["title"] for column in table_schema("prises_de_poste")["fields"]}
    entries = catalogue().indicators
    shown = ledger.assign(
        colonne=ledger["colonne"].map(fields),
        apres=[
            entries[row.colonne].label_of(row.apres)
            if row.colonne in entries
            else day(date.fromisoformat(row.apres))
            if row.colonne == "date_debut"
            else row.apres
            for row in ledger.itertuples()
        ],
    )
    titles = {"ligne": "Ligne", "colonne": "Colonne", "avant": "Avant", "apres": "Après", "regle": "Règle"}
    return table(shown, caption=caption, titles=titles, folded=True, empty="Le registre est vide.")
