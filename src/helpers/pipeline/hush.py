"""The words of an error can quote a row of persons: what may be kept of it, where records are read."""

import re

from nbformat import NotebookNode

HUSHED = "(paroles de l’erreur tues : des exports sont présents)"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# Where the error went through: rules, places with the code around them, and how two errors follow each other. All the
# rest is what a library said.
_PLACE = re.compile(r"\s*(?:-{10,}|\w[\w.]* +Traceback \(most recent|Cell |File |The above exception|During handling)")


def words_of(traceback: list[str]) -> list[str]:
    """What the errors of a kernel's traceback say, without colours; its places and its code are not among them.

    >>> from helpers.pipeline.hush import words_of
    >>> words_of(["KeyError   Traceback (most recent call last)", "Cell In[1], line 2", "KeyError: 'P1'"])
    ["KeyError: 'P1'"]
    """
    plain = [_COLOURS.sub("", each) for each in traceback]
    return [each for each in plain if each.strip() and not _PLACE.match(each)]


def hush(notebook: NotebookNode) -> None:
    """Takes out of an executed notebook what its errors and its warnings say; where they stopped stays."""
    for cell in notebook.cells:
        cell_outputs = cell.get("outputs", [])
        for output in cell_outputs:
            if output.output_type == "error":
                said = words_of(output.traceback)
                output.traceback = [each for each in output.traceback if _COLOURS.sub("", each) not in said]
                output.evalue = HUSHED
        if cell_outputs:
            cell.outputs = [each for each in cell_outputs if each.get("name") != "stderr"]
