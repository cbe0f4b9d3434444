"""Bytes that several threads read by ranges: a file, or a text already held."""

import os
from dataclasses import dataclass
from pathlib import Path

from helpers import paths
from helpers.schema import DataError


@dataclass(frozen=True)
class Source:
    """A file, or, when ``content`` is given, bytes in its place; ``encoding`` is what its bytes are read with."""

    path: Path
    size: int
    encoding: str = "utf-8"
    content: bytes | None = None

    def read(self, start: int, stop: int) -> bytes:
        """The bytes of a range; fewer at the end of the file.

        Raises
        ------
        DataError
            when the file is no longer the one that was opened: its ranges would cut rows.
        """
        if self.content is not None:
            return self.content[start:stop]
        try:
            # Each call has its own file: no thread moves the place of another.
            with self.path.open("rb") as file:
                # The size alone: some shares write the time of a change down later.
                if os.fstat(file.fileno()).st_size != self.size:
                    raise changed(self.path)
                file.seek(start)
                return file.read(max(0, stop - start))
        except FileNotFoundError:
            raise changed(self.path) from None

    def read_text(self, start: int, stop: int) -> bytes:
        """The bytes of a range, in UTF-8 whatever the encoding of the file."""
        content = self.read(start, stop)
        return content if self.encoding == "utf-8" else content.decode(self.encoding).encode("utf-8")


def changed(path: Path) -> DataError:
    """What to say of a file that is no longer the one that was opened."""
    return DataError(f"{paths.relative(path)} a changé pendant sa lecture : relancez.")
