"""A REFI-QDA archive, or a Word document: looked at first, and read in memory only; nothing is written anywhere."""

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from helpers.exchange.faults import fault
from helpers.exchange.opened import MOST_TEXT_BYTES, MOST_XML_BYTES

# The media of a project are never read: these limits are those of its XML and of its texts.
MOST_ENTRIES = 20_000
MOST_UNPACKED = 256 << 20
# Prose packs to a third; past 4 MB, what packs to less than one part in 200 was made to fill a memory.
MOST_RATIO = 200
_RATIO_FROM = 4 << 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_OUTSIDE = re.compile(r"^(?:[/\\]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)")
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
_REMEDY = "enregistrez-le de nouveau depuis l’outil qui l’a fait."


class Archive:
    """The entries of an archive, by their name without case."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file
        self._left = MOST_UNPACKED
        self._entries: dict[str, zipfile.ZipInfo] = {}
        entries = file.infolist()
        if len(entries) > MOST_ENTRIES:
            raise fault(f"l’archive compte {len(entries)} fichiers ; {MOST_ENTRIES} au plus.")
        for entry in entries:
            self._add(entry)

    def _add(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        if _OUTSIDE.search(name):
            raise fault(f"l’archive contient un chemin qui sort de son dossier ; {_REMEDY}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise fault(f"l’archive contient un lien vers un autre fichier ; {_REMEDY}")
        if entry.flag_bits & 1:
            raise fault("l’archive est protégée par un mot de passe ; retirez la protection.")
        if name.casefold() in self._entries:
            raise fault(f"l’archive contient deux fois le même fichier ; {_REMEDY}")
        self._entries[name.casefold()] = entry

    def find(self, name: str) -> str | None:
        """The entry that a path of the project means, in the folder of the sources or beside it; None without one."""
        plain = name.replace("\\", "/").removeprefix("internal:").lstrip("/").removeprefix("./").casefold()
        return next((each for each in (f"sources/{plain}", plain) if plain and each in self._entries), None)

    def has(self, name: str) -> bool:
        """Whether an entry has this name, in small letters."""
        return name in self._entries

    def project(self) -> bytes:
        """The XML of the project, which stands at the root."""
        names = [name for name in self._entries if name.endswith(".qde") and "/" not in name]
        if len(names) != 1:
            raise fault("ce n’est pas un projet REFI-QDA (sans project.qde) ; exportez au format .qdpx.")
        return self.read(names[0], MOST_XML_BYTES)

    def read(self, name: str, most: int = MOST_TEXT_BYTES) -> bytes:
        """The content of an entry, refused by the size that it declares, and never longer than it."""
        entry = self._entries[name]
        ratio = entry.file_size / max(1, entry.compress_size)
        if entry.file_size > min(most, self._left) or (entry.file_size > _RATIO_FROM and ratio > MOST_RATIO):
            raise fault("l’archive est démesurée une fois décompressée ; découpez le projet.")
        if entry.compress_type not in _METHODS:
            raise fault(f"l’archive est compressée par une méthode inconnue ; {_REMEDY}")
        self._left -= entry.file_size
        with _sentence(), self._file.open(entry) as file:
            return file.read(most + 1)


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """The archive, closed afterwards."""
    with ExitStack() as stack:
        with _sentence():
            archive = Archive(stack.enter_context(zipfile.ZipFile(path)))
        yield archive


@contextmanager
def _sentence() -> Iterator[None]:
    """A damaged archive is one sentence, wherever it breaks."""
    try:
        yield
    except _BROKEN:
        raise fault(f"l’archive est tronquée ou abîmée ; {_REMEDY}") from None
