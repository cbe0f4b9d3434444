"""The order: check, run the notebooks with Papermill, export them with nbconvert, publish atomically."""

import sys

# nbformat imports jsonschema, which builds at once the grammar of addresses in every alphabet (rfc3987_syntax, by lark)
# if it can, for a format that no notebook has: 1.3 s of the 2.3 s that this room takes to load. It does without.
_is_barred = sys.modules.setdefault("rfc3987_syntax", None) is None
import nbformat  # noqa: E402, F401

if _is_barred:  # other programs of this process can have it
    del sys.modules["rfc3987_syntax"]
