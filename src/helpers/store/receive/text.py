"""A text file of an export: its titles, its faults, then its parts."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from helpers import paths
from helpers.records import Change, Part
from helpers.store.receive.cut import cut
from helpers.store.receive.encoding import SINGLE_BYTE, decodes, encoding_of, guess_single_byte, source_of
from helpers.store.receive.head import Head, read_head, width_of
from helpers.store.receive.headers import LEAST_TITLES, Layout, lay_out, table_faults
from helpers.store.receive.opened import Opened, refused
from helpers.store.receive.rows import read_span
from helpers.store.receive.scan import Block, line_ends, misplaced_quote, scan
from helpers.store.receive.source import Source

# Enough for the rows above the titles, the titles, and some tens of rows to see their width.
_HEAD_BYTES = 256 << 10
_PIECE_BYTES = 1 << 20
_MIXED = "des caractères ne se lisent pas"
_SAVE = "enregistrez-la au format CSV UTF-8"
_NUL = f"un caractère nul coupe le texte ; ce n’est pas une table en texte : {_SAVE}."


def _faults_of(source: Source, head: Head, blocks: list[Block], encoding: str | int) -> list[str]:
    """What makes the bytes unusable, each with its line."""

    def line(place: int) -> int:
        step = _PIECE_BYTES
        read = (source.read(start, min(start + step, place)) for start in range(head.start, place, step))
        return head.line + sum(len(line_ends(content)) for content in read)

    nul = next((block.nul for block in blocks if block.nul is not None), None)
    if nul is not None:
        return [f", ligne {line(nul)} : {_NUL}"]
    faults = []
    if isinstance(encoding, int):
        faults.append(f", ligne {line(encoding)} : {_MIXED}, deux encodages s’y mêlent ; {_SAVE}.")
    mojibake = next((block.mojibake for block in blocks if block.mojibake is not None), None)
    if mojibake is not None and encoding == "utf-8":
        faults.append(
            f", ligne {line(mojibake)} : des accents sont abîmés (« Ã© » pour « é ») ; refaites l’export en UTF-8, "
            "sans rouvrir le fichier dans un autre logiciel."
        )
    quote = misplaced_quote(blocks)
    if quote is not None:
        faults.append(
            f", ligne {line(quote)} : un guillemet est mal placé ou n’est pas refermé ; corrigez cette ligne."
        )
    return faults


def open_text(path: Path, known: dict[str, str]) -> Opened:
    """The parts of a text file, each a range of whole rows; or every fault at once."""
    shown, found = paths.relative(path), source_of(path)
    if isinstance(found, str):
        return refused(f"{shown} : {found}")
    source, skip = found
    content = source.read(0, _HEAD_BYTES)
    if b"\0" in content:
        at = len(line_ends(content[: content.index(b"\0")])) + 1
        return refused(f"{shown}, ligne {at} : {_NUL}")
    whole = content if source.size <= _HEAD_BYTES else content[: max(content.rfind(b"\n"), content.rfind(b"\r")) + 1]
    head = read_head(whole, skip, "utf-8" if decodes(whole) else guess_single_byte(whole), known)
    if head.known < LEAST_TITLES:
        return refused(
            f"{shown} : aucune ligne de titres parmi les premières ; la première ligne doit porter les intitulés des "
            "colonnes (data/raw/reference/entetes.csv dit lesquels sont connus)."
        )
    blocks = scan(source, head.start, head.delimiter)
    encoding = encoding_of(whole[skip : head.start], blocks, source)
    layout = lay_out(head.titles, known, width=width_of(head))
    said = table_faults(head.titles, beside=head.beside, layout=layout, rows=head.rows, known=known)
    faults = [f", ligne {head.titles_line} : {fault}" for fault in said]
    faults += _faults_of(source, head, blocks, encoding)
    if not faults and not _has_rows(source, head):
        faults = [" n’a aucune ligne sous ses titres : refaites l’export, ou retirez ce fichier."]
    if faults:
        return refused(*(f"{shown}{fault}" for fault in faults))
    return _opened(replace(source, encoding=encoding), head, layout, blocks)


def _has_rows(source: Source, head: Head) -> bool:
    step = _PIECE_BYTES
    blank = f' \t\r\n"{head.delimiter}'.encode()
    return any(source.read(at, at + step).strip(blank) for at in range(head.start, source.size, step))


def _opened(source: Source, head: Head, layout: Layout, blocks: list[Block]) -> Opened:
    file, rules = source.path.name, []
    if source.content is not None:
        rules.append("texte en UTF-16, lu comme tel")
    elif source.encoding != "utf-8":
        rules.append(f"texte en {SINGLE_BYTE[source.encoding]}, lu comme tel")
    if layout.left_out:
        rules.append(f"colonnes hors liste, laissées de côté : {layout.left_out}")
    read = partial(read_span, source, layout=layout, delimiter=head.delimiter, changes=tuple(rules))
    parts = [Part(file, "", partial(read, span)) for span in cut(source, blocks, head.line)]
    above = head.titles_line - 1 - head.said_delimiter
    changes = [Change(file, "", "lignes au-dessus des titres, laissées de côté", above)] if above else []
    if head.said_delimiter:
        changes.append(Change(file, "", "première ligne « sep= », lue comme séparateur", 1))
    return Opened(parts, layout.columns, [], changes)
