"""What a notebook says of its own parameters: name, default, meaning; forms are made of it."""

import ast
import logging
from dataclasses import dataclass
from typing import Any

import papermill

from helpers import paths


@dataclass(frozen=True)
class Given:
    """A parameter as its notebook writes it; ``meaning`` is the comment beside it.

    >>> autre = pipeline.given("03_compare")["compare_to"]
    >>> autre.label, autre.default
    ('Année de comparaison', None)
    """

    name: str
    default: Any
    meaning: str

    @property
    def label(self) -> str:
        """The first words of the meaning: « Année du rapport »."""
        first = self.meaning.partition(",")[0].partition(";")[0].strip()
        return f"{first[:1].upper()}{first[1:]}"


def given(notebook: str) -> dict[str, Given]:
    """The parameters of a notebook, in order.

    Raises
    ------
    OSError
        when the notebook is not there.

    >>> list(pipeline.given("03_compare"))
    ['year', 'compare_to', 'site_type', 'site']
    """
    # Papermill says in English, at each look, that it may not know the type of a parameter.
    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    found = papermill.inspect_notebook(paths.notebook(notebook))
    return {name: Given(name, ast.literal_eval(one["default"]), one["help"]) for name, one in found.items()}
