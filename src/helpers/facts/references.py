"""References: a document and its lines, as pages cite them."""

import re

# « Note, l. 67–83, 85 », even if the title itself has a comma or an « l. ».
_CITED = re.compile(r"(.*), l\. (\d[\d–, ]*)")


def line_runs(lines) -> str:
    """Line numbers in order, runs joined.

    >>> facts.line_runs([67, 68, 69, 85, 90])
    '67–69, 85, 90'
    """
    runs: list[list[int]] = []
    for line in sorted({int(line) for line in lines}):
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(", ".join(map(str, run)) if len(run) < 3 else f"{run[0]}–{run[-1]}" for run in runs)


def cite(document: str, lines) -> str:
    """A document and its lines.

    >>> facts.cite("Note", [67, 68, 69, 85]), facts.cite("Note", [])
    ('Note, l. 67–69, 85', 'Note')
    """
    shown = line_runs(lines)
    return f"{document}, l. {shown}" if shown else document


def merge_references(references) -> str:
    """Several references as one, the lines of a document together; what was deduced adds nothing.

    >>> facts.merge_references(["Note, l. 50", "Note, l. 114, 118", "déduit (Note, l. 50)"])
    'Note, l. 50, 114, 118'
    """
    lines: dict[str, list[int]] = {}
    for reference in references:
        for part in reference.split(" ; ") if reference and not re.match(r"déduit($| \()", reference) else []:
            cited = _CITED.fullmatch(part)
            document, numbers = cited.groups() if cited else (part, "")
            found = lines.setdefault(document, [])
            for run in filter(None, numbers.split(", ")):
                first, _, last = run.partition("–")
                found += range(int(first), int(last or first) + 1)
    return " ; ".join(cite(document, numbers) for document, numbers in lines.items())
