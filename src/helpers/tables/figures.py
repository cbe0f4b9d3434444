"""Figures of the indicator table as tables: modalities, populations, answers, cards, ledger."""

from datetime import date

import pandas as pd
from markupsafe import Markup

from helpers.facts import BESIDE, Fact, Facts, fact_of, merge_references
from helpers.schema import catalogue, table_schema
from helpers.tables.frame import LEDGER, Group, headings, lay_out, table
from helpers.tables.records import counted_table
from helpers.wording import Html, day, fragment, plain, say
from helpers.wording.agreement import say_base_unit, say_unit
from helpers.wording.marks import legend_of, marks_of, say_base, say_count, say_share


def breakdown_table(rows: pd.DataFrame, *, caption: str) -> Html:
    """The modalities of an indicator: count, base, share, how well each is known, and where it is printed.

    Counted in records, all are exact and have the source of their figure: neither is repeated, nor is their base.

    ``rows`` has the columns of `describe.breakdown` and at least one row; counts and base are in its unit.

    >>> parts = describe.breakdown(store.load(2020, "indicateurs"), "sexe", year=2020)
    >>> print(tables.breakdown_table(parts, caption="Sexe, 2020").text)
    Sexe, 2020 Modalité Effectif (personnes) Base (personnes) Part Précision Référence filles entre 927 et 949 2 233
    42 % arrondi Note de synthèse 2020, l. 219 garçons entre 1 284 et 1 306 2 233 58 % arrondi Note de synthèse 2020,
    l. 216
    """
    facts = [fact_of(row) for row in rows.itertuples()]
    unit = catalogue().units[rows["unite"].iloc[0]][1]
    numbers, marked = [f"Effectif ({unit})", f"Base ({unit})", "Part"], ["Précision", "Référence"]
    if all(fact.is_of_records for fact in facts):
        return counted_table([facts], [""], unit=unit, caption=caption)
    cells = [_told(fact) for fact in facts]
    return lay_out(caption, headings("Modalité", *numbers, *marked, numbers=numbers), cells)


def _told(fact: Fact) -> list:
    """A figure as cells: label, count, base, share, how well it is known, where it is printed."""
    base = "ambiguë" if fact.share is not None and fact.base is None else say_base(fact)
    shown = [say_count(fact, cited=False), base, say_share(fact, cited=False)]
    return [fact.label, *shown, marks_of(fact), fact.citation]


def populations_table(parts: list[pd.DataFrame], names: list[str], *, caption: str) -> Html:
    """The modalities of one indicator, population by population: as `breakdown_table`, in groups of rows.

    ``parts`` have the columns of `describe.breakdown`; ``names`` says whose each is.

    >>> parts = describe.topic(store.load(2020, "indicateurs"), "public", year=2020)[:2]
    >>> print(tables.populations_table(parts, ["ALSES", "ensemble"], caption="Sexe, 2020").text)
    Sexe, 2020 Modalité Effectif Base Part Précision Référence ALSES filles entre 927 et 949 2 233 42 % arrondi Note
    de synthèse 2020, l. 219 garçons entre 1 284 et 1 306 2 233 58 % arrondi Note de synthèse 2020, l. 216 Ensemble
    filles entre 2 577 et 2 692 6 522 à 6 648 de 39,5 % à ...
    """
    titles = [f"{name[:1].upper()}{name[1:]}" for name in names]
    facts = [[fact_of(row) for row in rows.itertuples()] for rows in parts]
    if all(fact.is_of_records for each in facts for fact in each):
        return counted_table(facts, titles, unit=catalogue().units[facts[0][0].unit][1], caption=caption)
    groups = [Group(title, [_told(fact) for fact in each]) for title, each in zip(titles, facts, strict=True)]
    numbers = ["Effectif", "Base", "Part"]
    return lay_out(caption, headings("Modalité", *numbers, "Précision", "Référence", numbers=numbers), groups)


def perimeters_table(facts: Facts, perimeters: dict[str, str], *, caption: str) -> Html:
    """What each population counts, how many, how well that is known, where it is printed; absent ones are left out.

    ``perimeters`` gives, for the key of a figure, what it counts. A box when the year counts none, and for a site: its
    page speaks of one population.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.perimeters_table(chiffre, {"alses/accompagnements/": "personnes suivies"}, caption="Qui ?").text)
    Qui ? Ce qui est compté Nombre Précision Référence Personnes suivies 2 233 exact Note de synthèse 2020, l. 206
    exact : compté ou imprimé à l’unité
    """
    found = [(facts(path), label) for path, label in perimeters.items()]
    known = [(fact, f"{label[:1].upper()}{label[1:]}") for fact, label in found if fact and fact.counts]
    if not known or facts.place:
        return say("figures", "nothing", subject="aucune population n’est comptée pour cette année")
    cells = [[label, say_count(fact, cited=False), marks_of(fact), fact.citation] for fact, label in known]
    titles = headings("Ce qui est compté", "Nombre", "Précision", "Référence", numbers=["Nombre"])
    return lay_out(caption, titles, cells, note=legend_of(fact for fact, _ in known))


def answers_table(rows: pd.DataFrame, *, caption: str, folded: bool = False) -> Html:
    """Several indicators on one base: question, answer, count, base (posts) and share (columns of `describe.answers`).

    ``folded`` hides it under its caption until it is opened; a box when ``rows`` is empty.

    >>> reponses = describe.answers(store.load(2020, "indicateurs"), year=2020).head(2)
    >>> print(tables.answers_table(reponses, caption="Toutes les réponses").text)
    Toutes les réponses Question Réponse Postes Base Part Éducation prioritaire REP 5 17 29 % Éducation prioritaire
    REP+ 10 17 59 % Source : Note de synthèse 2020, l. 67–83.
    """
    if rows.empty:
        return say("figures", "nothing", subject=f"{caption[:1].lower()}{caption[1:]}")
    facts = [(row.question, fact_of(row)) for row in rows.itertuples()]
    cells = [
        [question, fact.label, say_count(fact, cited=False), say_base(fact), say_share(fact, cited=False)]
        for question, fact in facts
    ]
    numbers, source = ["Postes", "Base", "Part"], merge_references(fact.reference for _, fact in facts)
    titles = headings("Question", "Réponse", *numbers, numbers=numbers)
    made = lay_out(caption, titles, cells, note=f"Source : {source}." if source else "")
    return Html(fragment("folded.html.j2", summary=caption, content=made), made.text) if folded else made


def cards(facts: Facts, figures: dict[str, str]) -> Html:
    """Key figures as cards: share or count, what it is, its base, how well it is known; absent ones are left out.

    ``figures`` gives, for the key of a figure, what it is. A share that rounding blurs has its bounds in units. The
    marks that the cards use are explained below them.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> print(tables.cards(chiffre, {"alses/sexe/filles": "de filles"}).text)
    42 % arrondi de filles soit entre 927 et 949 personnes sur 2 233 personnes arrondi : part imprimée arrondie, qui
    encadre l’effectif.
    """
    found = [(facts(path), label) for path, label in figures.items()]
    known = [(fact, label) for fact, label in found if fact and (_is_total(fact) or fact.share_bounds is not None)]
    shown = [
        {
            "value": say_count(fact) if _is_total(fact) else say_share(fact),
            "mark": "" if _is_share_of_exact(fact) else marks_of(fact),
            "label": label,
            "base": "" if _is_total(fact) else _base_of_card(fact),
            "bounds": "" if _is_total(fact) or fact.is_known else _bounds_of_card(fact),
            "network": _network_of(fact, facts),
        }
        for fact, label in known
    ]
    text = fragment("cards.html.j2", cards=shown, legend=legend_of(fact for fact, _ in known))
    return Html(text, plain(text))


def _is_share_of_exact(fact: Fact) -> bool:
    """Whether the count is known and the share is computed from it: the share is rounded, the count is exact."""
    return not _is_total(fact) and fact.precision == "exact"


def _network_of(fact: Fact, facts: Facts) -> Markup | str:
    """What stands beside the figure of a site: the network's."""
    other = facts(f"{BESIDE}/{fact.key.split('/', 2)[2]}") if fact.place else None
    if other is None:
        return ""
    return Markup("tout le réseau : {}").format(say_count(other) if _is_total(other) else say_share(other))


def _is_total(fact: Fact) -> bool:
    return fact.key.endswith("/")


def _base_of_card(fact: Fact) -> Markup | str:
    said = Markup("sur {} {}").format(say_base(fact), say_base_unit(fact)) if fact.base else ""
    return Markup("soit {} {} {}").format(say_count(fact), said, marks_of(fact)) if _is_share_of_exact(fact) else said


def _bounds_of_card(fact: Fact) -> Markup | str:
    return Markup("{} {}").format(say_count(fact), say_unit(fact)) if fact.counts else ""


def ledger_table(ledger: pd.DataFrame, *, caption: str) -> Html:
    """The ledger of the posts in a reader's words: titles of columns, labels of answers, dates in letters; folded.

    ``ledger`` has the schema ``registre``; a box when it is empty.

    >>> print(tables.ledger_table(store.load(2020, "registre").head(1), caption="Registre").text)
    Registre
     Ligne            Colonne   Avant Après                               Règle
        67 Ancienneté d’ALSES 0,5 ans   0,5 durée en années ; « NON » vaut zéro
    """
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
    return table(shown, caption=caption, titles=titles, folded=True, kind=LEDGER)
