"""A cell of a workbook or of a Parquet file as text, one way for each kind."""

import datetime as dt

NO, YES = "FAUX", "VRAI"
# What a spreadsheet writes in place of a value it could not compute, in English and in French.
ERRORS = {
    *("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!"),
    *("#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!", "Err:502", "Err:508", "Err:509"),
}


def write_cell(value: object) -> str:
    """The text of a value: dates as AAAA-MM-JJ (the hour is dropped), integers without decimals, VRAI or FAUX.

    >>> from helpers.store.receive.cells import write_cell
    >>> import datetime
    >>> [write_cell(value) for value in (2020.0, 0.5, True, datetime.date(2020, 4, 3), None, ["a", "b"])]
    ['2020', '0.5', 'VRAI', '2020-04-03', '', 'a;b']
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, list | tuple):
        return ";".join(write_cell(each) for each in value)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def has_hour(value: object) -> bool:
    """Whether a date also holds an hour, which `write_cell` drops."""
    return isinstance(value, dt.datetime) and value.time() != dt.time()
