"""How what the workbench shows looks."""

from functools import cache
from importlib.resources import files


@cache
def style() -> str:
    """The style sheet, as HTML; it names the colours of JupyterLab, so that it is dark when the reader wants it."""
    return f"<style>{files('helpers.workbench').joinpath('atelier.css').read_text(encoding='utf-8')}</style>"
