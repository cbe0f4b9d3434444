"""How what the workbench shows looks."""

from functools import cache
from importlib.resources import files

# Beside a button, a list would shrink and no longer line up with those below.
WIDE, LAYOUT = {"description_width": "12rem"}, {"width": "42rem", "max_width": "100%"}


@cache
def style() -> str:
    """The style sheet, as HTML; it names the colours of JupyterLab, so that it is dark when the reader wants it."""
    return f"<style>{files('helpers.workbench').joinpath('atelier.css').read_text(encoding='utf-8')}</style>"
