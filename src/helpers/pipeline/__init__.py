"""The order: check, run the notebooks with Papermill, export them with nbconvert, publish whole or not at all."""

import sys

# jsonschema, which nbformat loads, would build at once the grammar of addresses in every alphabet (rfc3987_syntax, by
# lark): half of what this package takes to load, for a format that no notebook has. Without it jsonschema goes on.
_IS_BARRED = sys.modules.setdefault("rfc3987_syntax", None) is None

from helpers.pipeline.errors import NotebookFailure  # noqa: E402
from helpers.pipeline.given import Given, given  # noqa: E402
from helpers.pipeline.report import make_report  # noqa: E402
from helpers.pipeline.steps import Step  # noqa: E402

if _IS_BARRED:  # whoever wants it for itself can have it
    del sys.modules["rfc3987_syntax"]

__all__ = ["Given", "NotebookFailure", "Step", "given", "make_report"]
