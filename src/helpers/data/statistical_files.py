"""Exports of statistical software (SPSS, Stata), with labels in place of codes; formats that are refused by name."""

from pathlib import Path

import pandas as pd
import pyreadstat

from helpers import paths
from helpers.data.workbooks import write_cell
from helpers.schema import DataError
from helpers.typography import fold

READERS = {
    ".sav": pyreadstat.read_sav,
    ".zsav": pyreadstat.read_sav,
    ".dta": pyreadstat.read_dta,
}

# Files that only their own software reads, and how it writes a table. The command for R is whole: it is to be copied.
_R = (
    'un fichier R : dans R, write.csv2({read}, "accompagnements.csv", row.names = FALSE, na = "", '
    'fileEncoding = "UTF-8") en fait une table ; retirez ensuite le fichier R'
)
REFUSED = {
    ".rds": _R.format(read='readRDS("{name}")'),
    ".rdata": _R.format(read='get(load("{name}"))'),
    ".rda": _R.format(read='get(load("{name}"))'),
    ".sas7bdat": "un fichier SAS : demandez la table en .csv (PROC EXPORT), avec les libellés à la place des codes",
    ".xlsb": "un classeur binaire : enregistrez-le en .xlsx",
    ".numbers": "un classeur Numbers : exportez-le en .xlsx",
    ".mdb": "une base Access : exportez sa table en .xlsx",
    ".accdb": "une base Access : exportez sa table en .xlsx",
    ".pdf": "un PDF : demandez la table elle-même, en .xlsx ou en .csv",
    ".zip": "une archive : sortez-en la table",
}


def refusal(path: Path) -> str:
    """Why a file is refused by its extension, and how to get a table from it; empty for any other."""
    return REFUSED.get(path.suffix.lower(), "").replace("{name}", path.name)


def read_statistical(path: Path, known: dict[str, str]) -> pd.DataFrame:
    """The rows of an SPSS or Stata file as text, one column a variable, titled as `data.exports` may know it.

    A value with a label is that label, a code without one stays a code, a date is AAAA-MM-JJ, a missing value (one that
    was declared so, too) is empty. A variable is titled by its name or, if only its label is in ``known`` (folded
    titles), by that: users of SPSS and Stata shorten the one and write the question in the other.

    Raises `DataError` for a file that cannot be read.
    """
    try:
        table, about = READERS[path.suffix.lower()](path, apply_value_formats=True, formats_as_category=False)
    except MemoryError:
        raise
    except Exception as error:  # the C library raises its own classes, and pandas' dates theirs
        told = "protégé par un mot de passe ; enlevez-le" if "password" in str(error).lower() else "tronqué ou abîmé"
        raise DataError(f"{paths.relative(path)} : le fichier est {told} ; refaites l’export.") from None
    labels = about.column_names_to_labels
    titles = [
        label if (label := labels.get(name) or "") and fold(name) not in known and fold(label) in known else name
        for name in table.columns
    ]
    texts = table.astype(object).where(table.notna(), None).map(write_cell)
    return texts.set_axis(titles, axis="columns").astype("str")
