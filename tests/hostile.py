"""The invented project with texts that attack whoever shows them, in every field that somebody may write and a page show."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from conftest import MINI, copy_project

YEAR = 2032
PAYLOADS = [
    "<script>alert(1)</script>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>x</a>",
    "[clic](javascript:alert(1))", "![x](http://exemple.invalid/x.png)", "<http://exemple.invalid>", "[x]: http://exemple.invalid",
    "$x_{$", "$\\undefined$", "\\(\\href{javascript:alert(1)}{x}\\)", "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "</title><h1>x</h1>", "</td></tr></table><table>", "--><iframe src=//exemple.invalid>",
    "]]><x>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;", "&amp;lt;b&amp;gt;", "&nonexistante;",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "a" * 30 + "<b>" + "é" * 30,
    "z\u200be\u200br\u200do", "x\ufeffy", "| a | b |", "`code` ```x```", "{{7*7}}", "{% raw %}{% include '/etc/passwd' %}", "%s%n%d", "{0}{__class__}", "${7*7}", "#{7*7}",
    "=HYPERLINK(\"http://exemple.invalid\";\"x\")", "+cmd|' /C calc'!A0", "@SUM(1+1)", "-1+1", "\t=1+1",
    "=1+1\r=2+2", "\" onmouseover=alert(1) x=\"", "' onfocus=alert(1) autofocus='", "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
    "<style>@import 'http://exemple.invalid'</style>", "<base href=http://exemple.invalid>", "<meta http-equiv=refresh content=0>",
    "<form action=http://exemple.invalid><input name=x>", "## Titre\n\n***", "<!--", "\\", "𝕬\U0001f468\u200d\U0001f469\u200d\U0001f467", "A\u0301" * 30,
]  # fmt: skip
# What no table may hold: a check refuses it, in a sentence.
REFUSED = {
    "RTL": "\u202eesrevni", "ANSI": "\x1b[31mrouge\x1b[0m", "NUL": "a\0b", "10 ko": "é" * 10_000,
}  # fmt: skip
# Statements are said without figures: a digit there is refused, whoever writes it.
WITHOUT_DIGITS = {"enonce", "libelle", "sujet", "constat", "raison", "consequence"}
_NO_DIGIT = str.maketrans("0123456789", "abcdefghij")
# The fields of each file; those that are keys elsewhere are written alike everywhere.
FIELDS = {
    "reference/associations.csv": ("association", "nom_developpe", "remarque", "source"),
    "reference/colleges.csv": ("nom_officiel", "commune", "source_ips", "source_education_prioritaire"),
    "reference/alias.csv": ("raison",),
    "reference/glossaire.csv": ("terme", "definition"),
    "reference/themes.csv": ("libelle", "definition"),
    "reference/reperes.csv": ("libelle", "champ", "source"),
    f"{YEAR}/enonces.csv": ("enonce",),
    f"{YEAR}/affirmations.csv": ("libelle",),
    f"{YEAR}/remarques.csv": ("sujet", "constat", "raison", "consequence"),
    f"{YEAR}/reunions.csv": ("intitule",),
}
_DOCUMENT, _ASSOCIATIONS, _SCHOOL = "Rapport inventé 2032", ("Le Gué", "Tilleuls"), "Grand Chêne"

# The names of collèges change in the register: what the posts write of them is then reviewed.
_POSTS = {
    "Les Ormes (Valbois)": "0999901A", "Jean Perdu (Mirecourt-sur-Ys)": "0999902B", "Bel-Air (Valbois)": "0999903C",
    "Clair Matin (Aubeval)": "0999904D",
}  # fmt: skip
# Fields that take a sentence: several payloads fit.
LONG = ("definition", "enonce", "raison", "consequence", "constat", "source", "contexte")
_SHORT_MAX, _LONG_MAX = 78, 240  # signs
# What stands in the field of this rank, which takes a sentence or not.
Writer = Callable[[int, bool], str]


def neutral(rank: int, is_long: bool) -> str:
    """A text of the same kind that attacks nobody."""
    return f"Texte neutre n{rank}" + " qui dure" * (12 * is_long)


def rotated(shift: int) -> Writer:
    """Payloads in turn, four in a field that takes a sentence; what follows makes it differ from the others."""

    def write(rank: int, is_long: bool) -> str:
        picked = [PAYLOADS[(shift + rank + 13 * each) % len(PAYLOADS)] for each in range(4 if is_long else 1)]
        return f"{' '.join(picked)[: (_LONG_MAX if is_long else _SHORT_MAX) - 5]} n{rank}"

    return write


def _rewrite(path: Path, change: Callable[[dict], dict]) -> None:
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    rows = pd.DataFrame([change(row) for row in table.to_dict("records")])
    rows.to_csv(path, index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)


def fill(folder: Path, write: Writer) -> Path:
    """The project in the folder, every one of its texts written so; a field that is written again has the same."""
    raw, given = copy_project(MINI, folder) / "data" / "raw", {}

    def text(place: str) -> str:
        if place not in given:
            given[place] = write(len(given), any(name in place for name in LONG))
        return given[place]

    names = {name: text(f"association {name}").replace(";", ",") for name in _ASSOCIATIONS}
    document, school = text("document")[:140].strip(), text("college")

    def known(row: dict) -> dict:
        out = {column: document if column == "document" else cell for column, cell in row.items()}
        for column in {"associations", "association"} & {column for column, cell in row.items() if cell}:
            out[column] = ";".join(names.get(name, name) for name in row[column].split(";"))
        return out | ({"college": school} if row.get("college") == _SCHOOL else {})

    for path in [*raw.glob(f"{YEAR}/*.csv"), raw / "reference" / "associations.csv"]:
        _rewrite(path, known)
    alias = {"LE GUE": {"valeur": names["Le Gué"]}, _SCHOOL: {"graphie": school}}
    _rewrite(raw / "reference" / "alias.csv", lambda row: row | alias.get(row["graphie"], {}))
    with (raw / "reference" / "alias.csv").open("a", encoding="utf-8") as file:
        file.writelines(f'college,"{name}",{uai},raison\n' for name, uai in _POSTS.items())
    for name, columns in FIELDS.items():
        rank = iter(range(10**6))

        def hostile(row: dict, name=name, rank=rank, columns=columns) -> dict:
            texts = {column: text(f"{name} {column} {next(rank)}") for column in columns if column != "association"}
            return row | {column: said.translate(_NO_DIGIT) if column in WITHOUT_DIGITS else said for column, said in texts.items()}

        _rewrite(raw / name, hostile)
    card = {"sources": [{"title": document, "description": text("source")}], "contexte": text("contexte"), "resources": []}
    (raw / str(YEAR) / "datapackage.json").write_text(json.dumps(card), encoding="utf-8")
    return folder
