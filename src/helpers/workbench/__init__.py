"""JupyterLab for this project, and what its welcome notebook shows."""

from importlib import import_module
from typing import Any

# Imported on first use: widgets and charts take seconds, and the command that starts JupyterLab needs neither.
_HOME = dict.fromkeys(("WorkbenchError", "choose_quotations", "explore", "find_word", "sortable"), "welcome")
_HOME |= dict.fromkeys(("launch", "show_form"), "form")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(_HOME)
