"""Which tool made a file, by what it holds; and the one sentence when it cannot be read."""

from pathlib import Path

from helpers.exchange.archive import opened_archive
from helpers.exchange.codebook import LEGACY, NAMESPACE, read_qdc
from helpers.exchange.csv_read import read_csv, read_folder
from helpers.exchange.database import opened_database
from helpers.exchange.faults import fault
from helpers.exchange.model import Project
from helpers.exchange.opened import MOST_XML_BYTES, check_size, content_of, tree_of
from helpers.exchange.qdpx_read import PROJECT, read_qdpx
from helpers.exchange.qualcoder import is_qualcoder, read_qualcoder
from helpers.exchange.tables import FILES
from helpers.exchange.taguette import is_taguette, read_taguette
from helpers.schema import DataError

# The database in a QualCoder folder.
_QUALCODER = "data.qda"
_HEAD = 4096


def read(path: Path) -> Project:
    """The coding that a file or a folder holds, recognised by its content, each position compared with its text.

    It may be a Taguette project (SQLite), its CSV of passages or of tags; a REFI-QDA project (``.qdpx``) or code book
    (``.qdc``); a QualCoder folder (``.qda``); our own tables, in a folder or one alone (`write_csv`). What the file
    holds and the project does not is in ``told``. Nothing is written, anywhere.

    Raises
    ------
    DataError
        for a file that is damaged, of another tool, or made to harm: one French sentence with the file, what is wrong,
        and what to do.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "taguette.csv")
    ...     _ = fichier.write_text("id,document,tag,content\\n1,reunion,accueil,Bonjour\\n", encoding="utf-8")
    ...     projet = exchange.read(fichier)
    >>> projet.passages
    (Passage(document='reunion', start=None, end=None, text='Bonjour', code='accueil', coder='', memo=''),)
    """
    path = Path(path)
    try:
        return _read(path)
    except DataError as error:
        raise fault(f"{path.name} : {error}") from None
    except OSError:
        raise fault(f"{path.name} : le fichier est introuvable ou illisible ; vérifiez le chemin.") from None


def _read(path: Path) -> Project:
    if path.is_dir():
        if (path / _QUALCODER).is_file():
            return _read_database(path / _QUALCODER)
        if any((path / f"{name}.csv").is_file() for name in FILES):
            return read_folder(path)
        raise fault("ce dossier n’est ni un projet QualCoder, ni un codage en CSV ; donnez le fichier du projet.")
    if not path.exists():
        raise FileNotFoundError
    check_size(path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK"):
        with opened_archive(path) as archive:
            return read_qdpx(archive)
    if head.startswith(b"SQLite format 3\0"):
        return _read_database(path)
    if _begins_as_xml(head):
        return _read_xml(path)
    return read_csv(path)


def _begins_as_xml(head: bytes) -> bool:
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return plain.startswith(b"<")


def _read_database(path: Path) -> Project:
    with opened_database(path) as database:
        if is_taguette(database):
            return read_taguette(database)
        if is_qualcoder(database):
            return read_qualcoder(database)
    raise fault("cette base n’est ni un projet Taguette, ni un projet QualCoder ; exportez-la au format .qdpx.")


def _read_xml(path: Path) -> Project:
    content = content_of(path, MOST_XML_BYTES)
    root = tree_of(content, "le fichier")
    if root.tag in (f"{{{NAMESPACE}}}CodeBook", f"{{{LEGACY}}}CodeBook"):
        return read_qdc(root)
    if PROJECT.fullmatch(root.tag):
        raise fault("c’est le seul project.qde, sans ses textes ; donnez l’archive .qdpx entière.")
    raise fault("ce XML n’est pas un livre de codes REFI-QDA ; exportez au format .qdc ou .qdpx.")
