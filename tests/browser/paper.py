"""What a PDF printed by Chromium says of its sheets, read from its objects, which Chromium leaves in clear."""

import re

PLACE = "https://marque.invalid/"  # the address of the marks that probes.markForPaper puts in a page


class Paper:
    """A PDF: its sheets, and on which of them each mark stands."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        found = re.finditer(rb"(?ms)^(\d+) 0 obj\n(.*?)\nendobj", content)
        objects = {int(match[1]): match[2] for match in found}
        self.sheets = [text for text in objects.values() if re.search(rb"/Type /Page\b", text)]
        self.catalog = next(text for text in objects.values() if b"/Type /Catalog" in text)
        self.marks: dict[str, list[int]] = {}
        for number, sheet in enumerate(self.sheets, start=1):
            listed = re.search(rb"(?s)/Annots \[(.*?)\]", sheet)
            for reference in re.findall(rb"(\d+) 0 R", listed[1]) if listed else []:
                address = re.search(rb"/URI \((.*?)\)", objects[int(reference)])
                if address and address[1].decode().startswith(PLACE):
                    self.marks.setdefault(address[1].decode().removeprefix(PLACE), []).append(number)

    def sheets_of(self, kind: str) -> dict[str, set[int]]:
        """The sheets of the marks of a kind, by mark."""
        return {mark: set(sheets) for mark, sheets in self.marks.items() if mark.startswith(f"{kind}/")}

    def millimetres(self) -> set[tuple[int, int]]:
        """The sizes of the sheets."""
        boxes = [re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet) for sheet in self.sheets]
        return {tuple(round(float(side) / 72 * 25.4) for side in box.groups()) for box in boxes}
