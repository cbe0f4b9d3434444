"""IRaMuTeQ: passages as a corpus of texts under starred variables. One way: nothing is read back."""

from collections import defaultdict
from pathlib import Path

from helpers.exchange.collected import Collected
from helpers.exchange.model import Passage, Project
from helpers.typography import fold


def write_iramuteq(project: Project, path: Path) -> tuple[str, ...]:
    """Writes a corpus for IRaMuTeQ, in UTF-8, and tells in French what it leaves out.

    A text is what one person coded in one document: ``**** *document_x *codeur_y``, then the attributes of the
    document, then each passage under ``-*theme``. A document that nobody coded is one text without theme. A passage
    under two codes is there twice: count words by theme, not over the whole corpus.

    IRaMuTeQ wants variables and values without spaces, accents, capitals or « _ »: names are folded, and two that
    become alike get a number. A passage is one line; asterisks, which open a variable, become spaces.

    >>> import pathlib, tempfile
    >>> texte = exchange.Document("Réunion 1", "Bonjour à tous.")
    >>> passage = exchange.Passage("Réunion 1", 0, 7, "Bonjour", "Premier accueil", coder="Léa")
    >>> projet = exchange.Project((exchange.Code("Premier accueil"),), (texte,), (passage,))
    >>> with tempfile.TemporaryDirectory() as dossier:
    ...     fichier = pathlib.Path(dossier, "corpus.txt")
    ...     print(exchange.write_iramuteq(projet, fichier))
    ...     print(fichier.read_text(encoding="utf-8"))
    ()
    **** *document_reunion1 *codeur_lea
    -*premier_accueil
    Bonjour
    <BLANKLINE>
    """
    documents = _names([document.name for document in project.documents], "document")
    coders = _names(sorted({passage.coder for passage in project.passages if passage.coder}), "codeur")
    themes = _themes([code.path for code in project.codes])
    by_text: dict[tuple[str, str], list[Passage]] = defaultdict(list)
    for passage in project.passages:
        by_text[passage.document, passage.coder].append(passage)
    lines = []
    for document in project.documents:
        variables = [f"*document_{documents[document.name]}"]
        more = [
            f"*{_plain(name)}_{_plain(value)}" for name, value in document.attributes if _plain(name) and _plain(value)
        ]
        coded = [(coder, found) for (name, coder), found in by_text.items() if name == document.name]
        for coder, found in coded:
            who = [f"*codeur_{coders[coder]}"] if coder else []
            lines.append(" ".join(["****", *variables, *who, *more]))
            for passage in found:
                lines += [f"-*{themes[passage.code]}", _line(passage.text)]
        if not coded and document.text.split():
            lines += [" ".join(["****", *variables, *more]), _line(document.text)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    told = Collected().told
    told.left_out("mémos", sum(1 for passage in project.passages if passage.memo))
    told.left_out("définitions de codes", sum(1 for code in project.codes if code.definition))
    return told.sentences()


def _plain(name: str) -> str:
    # IRaMuTeQ cuts a variable from its value at « _ ».
    return fold(name).replace("_", "")


def _names(names: list[str], otherwise: str) -> dict[str, str]:
    return _apart({name: _plain(name) or otherwise for name in names})


def _themes(paths: list[str]) -> dict[str, str]:
    return _apart({path: fold(path) or "theme" for path in paths})


def _apart(names: dict[str, str]) -> dict[str, str]:
    """The same names, with a number where two are alike."""
    taken: set[str] = set()
    for name, plain in names.items():
        number, wanted = 1, plain
        while wanted in taken:
            number += 1
            wanted = f"{plain}{number}"
        taken.add(wanted)
        names[name] = wanted
    return names


def _line(text: str) -> str:
    return " ".join(text.replace("*", " ").split())
