"""The code book as a table."""

import pandas as pd

from helpers.tables.frame import table
from helpers.wording import Html

_TITLES = {
    "libelle": "Code",
    "definition": "Ce qui en relève",
    "inclure": "On y met",
    "exclure": "On n’y met pas",
    "modifie_le": "Modifié le",
    "enonces": "Énoncés",
    "extraits": "Extraits",
}


def book_table(shown: pd.DataFrame, *, caption: str) -> Html:
    """The codes in use, what each means and how often it serves: the columns of `codebook.shown` that are there.

    A box when no code is in use.

    >>> livre = store.read_reference("themes").head(1)
    >>> enonces = store.load(2020, "enonces").query("theme == 'prise_de_poste'")
    >>> montre = codebook.shown(livre, enonces, pd.DataFrame(columns=["code", "extraits"]))
    >>> print(tables.book_table(montre.drop(columns="definition"), caption="Livre de codes").text)
    Livre de codes
              Code  Énoncés
    Prise de poste        8
    """
    return table(shown, caption=caption, titles={name: title for name, title in _TITLES.items() if name in shown})
