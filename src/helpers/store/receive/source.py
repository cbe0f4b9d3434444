"""Bytes that several threads read by ranges: a file, or a text already held."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file, or, when ``content`` is given, bytes in its place; ``encoding`` is what its bytes are read with."""

    path: Path
    size: int
    encoding: str = "utf-8"
    content: bytes | None = None

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of a range; fewer at the end of the file."""
        if self.content is not None:
            return self.content[start:stop]
        # Each call has its own file: no thread moves the place of another.
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(max(0, stop - start))

    def read_text(self, start: int, stop: int) -> bytes:
        """The bytes of a range, in UTF-8 whatever the encoding of the file."""
        content = self.read(start, stop)
        return content if self.encoding == "utf-8" else content.decode(self.encoding).encode("utf-8")
