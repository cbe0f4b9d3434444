"""Every way of writing a text in a file that we could think of, to prove that the scanner reads it."""

import base64
import gzip
import html.entities
import io
import json
import struct
import textwrap
import unicodedata
import zipfile
import zlib
from urllib.parse import quote, quote_plus

_NAMES = html.entities.codepoint2name


def _archive(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _png(text: str) -> bytes:
    """A picture whose only chunk is a compressed text."""
    data = b"Comment\0\0" + zlib.compress(text.encode("latin-1", "xmlcharrefreplace"))
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return b"\x89PNG\r\n\x1a\n" + chunk


def _svg(text: str) -> bytes:
    return f"<svg xmlns='http://www.w3.org/2000/svg'><text>{html.escape(text)}</text></svg>".encode()


def _shifted(text: str, shift: int) -> bytes:
    return base64.b64encode(b"x" * shift + text.encode() + b" et la suite")


def _numbered(text: str, form: str) -> bytes:
    return "".join(form.format(ord(sign)) for sign in text).encode()


def ways(text: str) -> dict[str, bytes]:
    """The bytes of a text, by the name of the way."""
    named = "".join(f"&{_NAMES[ord(sign)]};" if ord(sign) in _NAMES else sign for sign in text)
    units = [int.from_bytes(text.encode("utf-16-be")[at : at + 2]) for at in range(0, 2 * len(text), 2)]
    return {
        "tel quel": text.encode(),
        "entités nommées": named.encode(),
        "entités décimales": _numbered(text, "&#{};"),
        "entités hexadécimales": _numbered(text, "&#x{:X};"),
        "entités doublées": named.replace("&", "&amp;").encode(),
        "adresse": quote(text).encode(),
        "formulaire": quote_plus(text).encode(),
        "JSON": json.dumps(text).encode(),
        "JSON, chaque signe": "".join(f"\\u{unit:04x}" for unit in units).encode(),
        "NFD": unicodedata.normalize("NFD", text).encode(),
        "capitales": text.upper().encode(),
        "sans espaces": text.replace(" ", "").encode(),
        "espaces insécables": text.replace(" ", "\u00a0").encode(),
        "deux lignes": text.replace(" ", "\r\n   ").encode(),
        "césures": "\u00ad".join(text).encode(),
        "balises": "<b></b>".join(text).encode(),
        "CP1252": text.encode("cp1252"),
        "UTF-16": text.encode("utf-16"),
        "UTF-16 décalé": b"x" + text.encode("utf-16-le"),
        "base64, 0": _shifted(text, 0),
        "base64, 1": _shifted(text, 1),
        "base64, 2": _shifted(text, 2),
        "base64 d’adresse": base64.urlsafe_b64encode(b"??>" + text.encode() + b"~~~???"),
        "base64 en lignes": "\n".join(textwrap.wrap(_shifted(text * 4, 1).decode(), 60)).encode(),
        "base64 de l’UTF-16": base64.b64encode(text.encode("utf-16-le")),
        "hexadécimal": text.encode().hex().encode(),
        "classeur": _archive("xl/sharedStrings.xml", f"<si><t>{named}</t></si>".encode()),
        "nom dans une archive": _archive(f"dossier/{text.replace('/', '-')}.csv" if "/" not in text else "a", b"") + (text.encode() if "/" in text else b""),
        "archive dans une archive": _archive("a.zip", _archive("b.csv", text.encode())),
        "data: en base64": b'<img src="data:image/svg+xml;base64,' + base64.b64encode(_svg(text)) + b'">',
        "data: en adresse": b'<img src="data:image/svg+xml,' + quote(_svg(text)).encode() + b'">',
        "gzip": gzip.compress(text.encode()),
        "gzip en base64": base64.b64encode(gzip.compress(text.encode())),
        "SVG": _svg(text),
        "PNG": _png(text),
        "PNG dans une page": b'<img src="data:image/png;base64,' + base64.b64encode(_png(text)) + b'">',
    }  # fmt: skip
