"""Our own CSV tables, the CSV exports of Taguette, and the IRaMuTeQ corpus."""

import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.codings.model import KINDS, Code, Passage, Project, ProjectBuilder, Warnings, code_path, free_name
from helpers.codings.positions import proved
from helpers.codings.safe_files import coding_error, decode_text, one_line, read_bytes, unknown_name_error
from helpers.typography import escape_formula, fold, unescape_formula

# --- Our four tables, which a person can edit in a spreadsheet ---
# The file of each table, its titles, and the parts of a code, a document or a passage that they hold: codes are paths,
# ``debut`` and ``fin`` code points from 0, end excluded, or nothing, ``est_codable`` is « non » for a category.
FILES = {
    "livre_de_codes": {"code": "name", "parent": "parent", "definition": "definition", "inclure": "include"}
    | {"exclure": "exclude", "exemple": "example", "modifie_le": "changed", "est_codable": "codable"},
    "documents": {"document": "name", "nature": "kind", "texte": "text"},
    "attributs": {"document": "", "attribut": "", "valeur": ""},
    "passages": {"document": "document", "debut": "start", "fin": "end", "texte": "text"}
    | {"code": "code", "codeur": "coder", "memo": "memo"},
}
# The location of a row, for messages, and its cells by title.
Rows = list[tuple[str, dict[str, str]]]


def rows_of(path: Path, place: str = "") -> tuple[list[str], Rows]:
    """The titles of a table, and its rows with their location; the separator is guessed from the titles."""
    text = decode_text(read_bytes(path), f"{place}le fichier")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    titles, rows = [], []
    # The text of a document is one cell; the default of the csv module is 131,072 characters.
    limit = csv.field_size_limit(len(text) + 1)
    try:
        for cells in reader:
            where = f"{place}ligne {reader.line_num}"
            if not titles:
                titles = [cell.strip() for cell in cells]
            elif any(cells):
                if len(cells) != len(titles):
                    problem = f"{where} : {len(cells)} cellules pour {len(titles)} titres"
                    raise coding_error(f"{problem} ; mettez entre guillemets un texte qui contient le séparateur.")
                rows.append((where, dict(zip(titles, cells, strict=True))))
    except csv.Error:
        problem = f"{place}ligne {reader.line_num} : un guillemet n’est pas fermé, ou est mal placé"
        raise coding_error(f"{problem} ; doublez les guillemets qui font partie du texte.") from None
    finally:
        csv.field_size_limit(limit)
    if len(set(titles)) < len(titles):
        raise coding_error(f"{place}un titre de colonne est donné deux fois ; gardez-en un.")
    return titles, rows


def write_csv(project: Project, folder: Path) -> tuple[str, ...]:
    """Write the four tables of a coding into a folder; they hold all of it, so there is no message.

    Spreadsheets cut cells at 32,767 characters: edit the code book there, not ``documents.csv``.
    """
    parts = {"livre_de_codes": project.codes, "documents": project.documents, "passages": project.passages}
    folder.mkdir(parents=True, exist_ok=True)
    for name, part in parts.items():
        rows = [[_cell(getattr(each, field)) for field in FILES[name].values()] for each in part]
        write_rows(folder / f"{name}.csv", FILES[name], rows)
    pairs = [(document.name, *pair) for document in project.documents for pair in document.attributes]
    write_rows(folder / "attributs.csv", FILES["attributs"], pairs)
    return ()


def _cell(value: str | int | bool | None) -> str:
    return "" if value is None or value is True else "non" if value is False else str(value)


def write_rows(path: Path, titles: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table for a French spreadsheet: semicolons, byte order mark, no text that runs as a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(titles)
        writer.writerows([escape_formula(cell) for cell in row] for row in rows)


# --- Reading our tables, one alone or a folder, and the two exports of Taguette ---
# The titles that identify each table; its other titles are optional.
_TELLING = {
    "passages": {"document", "texte", "code"},
    "livre_de_codes": {"code", "definition"},
    "attributs": {"document", "attribut", "valeur"},
    "documents": {"document", "texte"},
    "taguette": {"id", "document", "tag", "content"},
    "taguette_codes": {"tag", "description"},
}
_COUNTED = {"number of highlights", "number of documents"}
_POSITION = re.compile(r"\d{1,12}")


def read_csv(path: Path) -> Project:
    titles, rows = rows_of(path)
    kind = next((kind for kind, telling in _TELLING.items() if telling <= set(titles)), None)
    collected = ProjectBuilder()
    if kind is None:
        headers = " ; ".join(f"« {','.join(FILES[name])} »" for name in ("livre_de_codes", "passages"))
        problem = f"ses titres ne sont pas ceux d’un codage, mais par exemple {headers}"
        raise coding_error(f"{problem} ; corrigez la première ligne.")
    if kind == "taguette":  # a row per passage and tag
        collected.told.note("Cet export de Taguette ne donne ni position ni codeur ; son projet .sqlite3 les donne.")
        for _, row in rows:
            row |= {"texte": row["content"], "code": code_path(row["tag"])}
        return _project(collected, {"passages": rows})
    if kind == "taguette_codes":  # the latest versions give the parent of each tag
        tags = {row["tag"]: Code(row["tag"], definition=row["description"]) for _, row in rows}
        collected.add_tree({row["tag"]: (row.get("parent") or None, tags[row["tag"]]) for _, row in rows})
        collected.told.left_out("colonnes", len(set(titles) - {"tag", "parent", "description", *_COUNTED}))
        return collected.project()
    return _ours({kind: (titles, rows)})


def read_folder(folder: Path) -> Project:
    """The project of the tables of `write_csv` that are in a folder."""
    tables = {}
    for name, titles in FILES.items():
        if (path := folder / f"{name}.csv").is_file():
            tables[name] = rows_of(path, f"{path.name}, ")
            if not _TELLING[name] <= set(tables[name][0]):
                expected = f"les titres attendus sont {', '.join(titles)} ; corrigez la première ligne."
                raise coding_error(f"{path.name} : {expected}")
    return _ours(tables)


def _ours(tables: dict[str, tuple[list[str], Rows]]) -> Project:
    collected, parts = ProjectBuilder(), {}
    for name, (titles, rows) in tables.items():
        collected.told.left_out(f"colonnes de {name}.csv", len(set(titles) - set(FILES[name])))
        parts[name] = [(where, {key: unescape_formula(value) for key, value in row.items()}) for where, row in rows]
    return _project(collected, parts)


def _project(collected: ProjectBuilder, parts: dict[str, Rows]) -> Project:
    """The project of the rows of our tables, which a person may have typed: nothing is guessed."""
    codes = [_code(row) for _, row in parts.get("livre_de_codes", ())]
    if "livre_de_codes" not in parts:
        codes = dict.fromkeys(code for _, row in parts.get("passages", ()) for code in Code.branch(row["code"]))
    tree = {code.path: (code.parent or None, code) for code in codes}
    if len(tree) < len(codes):
        raise coding_error("un code est donné deux fois ; gardez-en un.")
    if unknown := [code.parent for code in codes if code.parent not in ("", *tree)]:
        raise unknown_name_error("le code parent", unknown[0], tree)
    collected.add_tree(tree)
    names = {name: collected.add_document(name, *text) for name, text in _texts(parts).items()}
    alike: Counter[tuple] = Counter()
    for where, row in parts.get("passages", ()):
        *_, code = "", *(each.path for each in Code.branch(row["code"]))
        if code and code not in collected.codes:
            raise unknown_name_error(f"{where} : le code", code, collected.codes)
        if row["document"] not in names:
            raise unknown_name_error(f"{where} : le document", row["document"], names)
        start, end = (_position(where, row.get(key, "")) for key in ("debut", "fin"))
        if not code:
            collected.told.left_out("passages sans code")
            continue
        name, said, rank = names[row["document"]], (row["texte"], code, row.get("codeur", "")), 0
        if start is None or end is None or not collected.documents[name].text:
            is_given = (start, end) != (None, None)
            collected.told.left_out("positions sans le texte du document pour les vérifier", is_given)
            start, end, rank = None, None, alike[name, said]
            alike[name, said] += 1
        collected.passages.append(Passage(name, start, end, *said, row.get("memo", ""), rank))
    return proved(collected)


def _texts(parts: dict[str, Rows]) -> dict[str, tuple[str, dict[str, str]]]:
    """The text and the attributes of each document, those that passages alone name included."""
    attributes: dict[str, dict[str, str]] = defaultdict(dict)
    for where, row in parts.get("attributs", ()):
        if row["attribut"] in attributes[row["document"]]:
            raise coding_error(f"{where} : « {one_line(row['attribut'])} » est donné deux fois ; gardez-en un.")
        attributes[row["document"]][row["attribut"]] = row["valeur"]
    if "documents" not in parts:
        names = dict.fromkeys([*attributes, *(row["document"] for _, row in parts.get("passages", ()))])
        return {name: ("", attributes[name]) for name in names}
    texts = {}
    for where, row in parts["documents"]:
        name, kind = row["document"], row.get("nature", "")
        if name in texts:
            raise coding_error(f"{where} : le document « {one_line(name)} » est donné deux fois ; gardez-en un.")
        if kind not in ("", *KINDS):
            problem = f"{where} : la nature « {one_line(kind)} » n’est pas connue"
            raise coding_error(f"{problem} ; écrivez {', '.join(KINDS)} ou rien.")
        texts[name] = row["texte"], attributes.pop(name, {}) | {"nature": kind}
    if attributes:
        raise unknown_name_error("attributs.csv : le document", next(iter(attributes)), texts)
    return texts


def _position(where: str, text: str) -> int | None:
    if text.strip() and not _POSITION.fullmatch(text.strip()):
        raise coding_error(f"{where} : une position est un nombre de caractères, depuis 0 ; corrigez « {text[:20]} ».")
    return int(text) if text.strip() else None


def _code(row: dict[str, str]) -> Code:
    *texts, codable = (row.get(column, "") for column in FILES["livre_de_codes"])
    return Code(*texts, codable=codable.strip().casefold() not in ("non", "faux", "false", "0"))


# --- IRaMuTeQ: each text once, under its starred variables ---
_STARRED = re.compile(r"\*([^\s_*]+)(?:_(\S+))?")
# The variable that names a text; each text has one.
_DOCUMENT = "document"


def write_iramuteq(project: Project, path: Path) -> tuple[str, ...]:
    """Write the whole corpus for IRaMuTeQ, in UTF-8, each text once; returns the French messages on what it leaves out.

    A text stands under ``**** *document_x``, its kind and attributes; where no text was given, its segments, once, are
    the text. Names have no spaces, accents, capitals or « _ », and are numbered where two become the same; asterisks,
    which open a variable, become spaces.
    """
    taken = Counter()
    names = {each.name: _plain(free_name(_plain(each.name) or "texte", taken)) for each in project.documents}
    lines = []
    for document in project.documents:
        pairs = [(_plain(name), _plain(value)) for name, value in document.variables]
        variables = [(_DOCUMENT, names[document.name]), *(pair for pair in pairs if all(pair))]
        segments = dict.fromkeys((each.text, each.rank) for each in project.passages if each.document == document.name)
        text = document.text or "\n".join(each for each, _ in segments)
        if text.split():
            lines.append(" ".join(["****", *(f"*{name}_{value}" for name, value in variables)]))
            lines += filter(None, (" ".join(each.replace("*", " ").split()) for each in text.split("\n")))
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
    told = Warnings()
    told.left_out("passages et codes, qu’un corpus IRaMuTeQ ne peut tenir sans répéter les mots", len(project.passages))
    return told.sentences()


def read_iramuteq(path: Path) -> Project:
    """The texts of an IRaMuTeQ corpus, with their variables; what follows ``-*theme`` is a segment of that code."""
    collected, themes, name, theme = ProjectBuilder(), {}, "", ""
    for line in decode_text(read_bytes(path), "le fichier").splitlines():
        if line.startswith("****"):
            attributes = {each: value or "oui" for each, value in _STARRED.findall(line[4:])}
            name = attributes.pop(_DOCUMENT, "") or f"texte {len(collected.documents) + 1}"
            name, theme = collected.add_document(name, "", attributes), ""
        elif name and line.startswith("-*"):
            theme = line[2:].strip()
        elif name and line.strip():
            text = "\n".join(filter(None, [collected.documents[name].text, line]))
            collected.documents[name] = replace(collected.documents[name], text=text)
            if theme:
                collected.passages.append(Passage(name, len(text) - len(line), len(text), line, code_path(theme)))
                themes[theme] = None, Code(theme)
    collected.add_tree(themes)
    return proved(collected)


def _plain(name: str) -> str:
    # « _ » separates a variable from its value.
    return fold(name).replace("_", "")
