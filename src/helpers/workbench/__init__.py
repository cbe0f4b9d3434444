"""The workbench: JupyterLab for this project, and what its welcome notebook shows.

server    starts and stops JupyterLab; its settings are the files of ``jupyter/``
saving    what a saved notebook keeps
years     which years are here, and in what state
form      the years, and what can be done with one: check it, make its report, open it
command   the terminal's command, run from the form
contexts  a word in the texts that were coded
recipes   one indicator, its table and figure, and the lines of Python that make them
sorting   a table to sort and search
style     how all of it looks
errors    what cannot be done, in one sentence
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.workbench.contexts import find_word
    from helpers.workbench.errors import WorkbenchError
    from helpers.workbench.form import show_form
    from helpers.workbench.recipes import explore
    from helpers.workbench.server import launch
    from helpers.workbench.sorting import sortable

# Loaded when first used: widgets and charts take seconds, and the command that starts JupyterLab needs neither.
_HOME = {
    "WorkbenchError": "errors",
    "explore": "recipes",
    "find_word": "contexts",
    "launch": "server",
    "show_form": "form",
    "sortable": "sorting",
}

__all__ = ["WorkbenchError", "explore", "find_word", "launch", "show_form", "sortable"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
