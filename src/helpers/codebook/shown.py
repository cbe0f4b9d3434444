"""The code book as a page shows it: the codes in use, their tree, what each means and how often it serves."""

import pandas as pd

from helpers.codebook.tree import codes_of
from helpers.exchange import code_labels

_OPTIONAL = ("inclure", "exclure")


def shown(book: pd.DataFrame, statements: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """The codes that a statement or a coding uses, and those above them, in the order of the tree.

    Of ``book`` (schema ``themes``): ``libelle``, after those of its parents, ``definition``, and ``inclure``,
    ``exclure``, ``modifie_le`` where some code has one. Of ``statements`` (schema ``enonces``): ``enonces``, how many
    have the code, unless there is none in all. Of ``codes`` (columns of `codings.code_counts`, ``parent``):
    ``extraits``, pieces of text, unless there is none.

    >>> livre = pd.DataFrame({"theme": ["lieux", "bureau"], "libelle": ["Lieux", "Bureau"], "parent": ["", "lieux"]})
    >>> livre = livre.assign(definition="…", inclure="", exclure="", exemple="", modifie_le=pd.NaT)
    >>> enonces = pd.DataFrame({"theme": ["bureau"]})
    >>> codebook.shown(livre, enonces, pd.DataFrame(columns=["code", "extraits"]))
              libelle definition  enonces
    0           Lieux          …        0
    1  Lieux › Bureau          …        1
    """
    labels = dict(zip(book["theme"], book["libelle"], strict=True))
    counts = {"enonces": statements["theme"].value_counts(), "extraits": codes.set_index("code")["extraits"]}
    used = {theme for count in counts.values() for theme, times in count.items() if times}
    lines = {theme: code_labels(code.path) for theme, code in codes_of(book).items()}
    kept = {above for theme in used & lines.keys() for above in lines[theme]}
    rows = book.set_index("theme").loc[[theme for theme in lines if theme in kept]]
    table = pd.DataFrame({"libelle": [" › ".join(labels[each] for each in lines[theme]) for theme in rows.index]})
    table["definition"] = rows["definition"].to_list()
    for name in _OPTIONAL:
        if rows[name].ne("").any():
            table[name] = rows[name].to_list()
    if rows["modifie_le"].notna().any():
        table["modifie_le"] = rows["modifie_le"].to_list()
    for name, count in counts.items():
        if count.sum():
            table[name] = count.reindex(rows.index, fill_value=0).astype("int64").to_list()
    return table
