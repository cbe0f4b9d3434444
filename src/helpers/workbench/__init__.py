"""JupyterLab for this project, and what its welcome notebook shows."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.workbench.form import launch, show_form
    from helpers.workbench.welcome import WorkbenchError, explore, find_word, sortable

# Loaded when first used: widgets and charts take seconds, and the command that starts JupyterLab needs neither.
_HOME = {
    "WorkbenchError": "welcome",
    "explore": "welcome",
    "find_word": "welcome",
    "launch": "form",
    "show_form": "form",
    "sortable": "welcome",
}
__all__ = ["WorkbenchError", "explore", "find_word", "launch", "show_form", "sortable"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
