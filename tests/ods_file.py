"""The least that an OpenDocument workbook is made of, by the standard library: no library that writes one has a wheel."""

import datetime as dt
import io
import zipfile
from html import escape

_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def without_controls(cell: object) -> object:
    """A cell without the control characters that XML refuses."""
    return "".join(sign for sign in cell if sign >= " " or sign in "\t\n") if isinstance(cell, str) else cell


def _cell(cell: object, spanned: bool, struck: bool) -> str:
    more = ' table:number-columns-spanned="1" table:number-rows-spanned="2"' if spanned else ""
    more += ' table:style-name="ce2"' if struck else ""
    if cell == "" or cell is None:
        return f"<table:table-cell{more}/>"
    if isinstance(cell, dt.date):
        return f'<table:table-cell{more} office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    if isinstance(cell, int | float):
        return f'<table:table-cell{more} office:value-type="float" office:value="{cell}"/>'
    lines = "".join(f"<text:p>{escape(without_controls(line))}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell{more} office:value-type="string">{lines}</table:table-cell>'


def ods_table(name: str, lines: list[list], *, hidden=(), spanned=(), struck=(), folded=0) -> str:
    """A sheet; ``hidden`` gives the places of its hidden rows, ``spanned`` of the cells that cover the one below,
    ``struck`` of the rows struck through, and ``folded`` the number of columns hidden after the first two."""
    columns = f'<table:table-column table:number-columns-repeated="2"/><table:table-column table:number-columns-repeated="{folded}" table:visibility="collapse"/>'
    rows = "".join(
        f"<table:table-row{' table:visibility=' + chr(34) + 'collapse' + chr(34) if at in hidden else ''}>"
        + "".join(_cell(cell, (at, place) in spanned, at in struck) for place, cell in enumerate(line))
        + "</table:table-row>"
        for at, line in enumerate(lines)
    )
    return f'<table:table table:name="{escape(name)}">{columns * bool(folded)}{rows}</table:table>'


def ods_bytes(*tables: str) -> bytes:
    """A workbook of these sheets (`ods_table`)."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text", "style")
    )
    style = '<style:style style:name="ce1"/><style:style style:name="ce2"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:automatic-styles>{style}</office:automatic-styles><office:body><office:spreadsheet>'
        f"{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_KIND}"/></manifest:manifest>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(zipfile.ZipInfo("mimetype"), _KIND)
        made.writestr("content.xml", content)
        made.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()
