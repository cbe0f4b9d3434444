"""Tables of populations: one indicator in several of them, and those that the pages count."""

import pandas as pd

from helpers.facts import Facts, fact_of
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html, say
from helpers.wording.marks import precision_mark, say_base, say_count, say_share


def populations_table(parts: list[pd.DataFrame], names: list[str], *, caption: str) -> Html:
    """The modalities of one indicator in each population: count, base, share, how well each is known, where printed."""
    cells = [
        [
            name,
            fact.label,
            say_count(fact),
            say_base(fact),
            say_share(fact),
            precision_mark(fact.precision),
            fact.reference,
        ]
        for name, rows in zip(names, parts, strict=True)
        for fact in map(fact_of, rows.itertuples())
    ]
    numbers = ["Effectif", "Base", "Part"]
    titles = headings("Population", "Modalité", *numbers, "Précision", "Référence", numbers=numbers)
    return lay_out(caption, titles, cells)


def perimeters_table(facts: Facts, perimeters: dict[str, str], *, caption: str) -> Html:
    """What each population counts, how many, how well that is known, where it is printed; absent ones are left out."""
    found = [(facts(path), label) for path, label in perimeters.items()]
    cells = [
        [f"{label[:1].upper()}{label[1:]}", say_count(fact), precision_mark(fact.precision), fact.reference]
        for fact, label in found
        if fact and fact.counts
    ]
    if not cells:
        return say("figures", "nothing", subject="aucune population n’est comptée pour cette année")
    return lay_out(
        caption, headings("Ce qui est compté", "Nombre", "Précision", "Référence", numbers=["Nombre"]), cells
    )
