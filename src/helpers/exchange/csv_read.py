"""CSV that is read: our own tables, alone or together in a folder, and the two exports of Taguette."""

import re
from pathlib import Path

from helpers.exchange.collected import Collected
from helpers.exchange.faults import fault, shown, unknown
from helpers.exchange.model import Code, Document, Passage, Project
from helpers.exchange.names import MOST_DEPTH, check_label, code_labels, code_path, code_path_of
from helpers.exchange.tables import CODES, FILES, PASSAGES, Rows, rearmed, rows_of

# The titles that tell each table; the other titles of the table may be left out.
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
    """The project of one CSV file, whichever table it is."""
    titles, rows = rows_of(path)
    kind = next((kind for kind, telling in _TELLING.items() if telling <= set(titles)), None)
    if kind is None:
        headers = " ; ".join(f"« {','.join(columns)} »" for columns in (CODES, PASSAGES))
        raise fault(
            f"ses titres ne sont pas ceux d’un codage, mais par exemple {headers} ; corrigez la première ligne."
        )
    if kind == "taguette":
        return _taguette(rows)
    if kind == "taguette_codes":
        return _taguette_codes(rows, titles)
    return _ours({kind: (titles, rows)})


def read_folder(folder: Path) -> Project:
    """The project of the tables in a folder: those of `write_csv` that are there."""
    tables = {}
    for name in FILES:
        if (path := folder / f"{name}.csv").is_file():
            tables[name] = rows_of(path, f"{path.name}, ")
            if not _TELLING[name] <= set(tables[name][0]):
                raise fault(
                    f"{path.name} : les titres attendus sont {', '.join(FILES[name])} ; corrigez la première ligne."
                )
    return _ours(tables)


def _ours(tables: dict[str, tuple[list[str], Rows]]) -> Project:
    found, parts = Collected(), {}
    for name, (titles, rows) in tables.items():
        found.told.left_out(f"colonnes de {name}.csv", len(set(titles) - set(FILES[name])))
        parts[name] = [(place, {key: rearmed(value) for key, value in row.items()}) for place, row in rows]
    codes = tuple(_code(row) for _, row in parts.get("livre_de_codes", ()))
    documents = _documents(parts)
    paths = {code.path for code in codes} if "livre_de_codes" in parts else None
    names = set(documents) if "documents" in parts else None
    kept = []
    for place, row in parts.get("passages", ()):
        path = code_path_of(row["code"])
        if path and paths is not None and path not in paths:
            raise unknown(f"{place} : le code", row["code"], paths)
        if names is not None and row["document"] not in names:
            raise unknown(f"{place} : le document", row["document"], names)
        document = documents.setdefault(row["document"], Document(row["document"]))
        kept += _passage(place, {**row, "code": path}, document, found)
    if paths is None:
        codes = _codes_of(each.code for each in kept)
    found.told.left_out("passages en double", len(kept) - len(set(kept)))
    return Project(codes, tuple(documents.values()), tuple(kept), found.told.sentences())


def _documents(parts: dict[str, Rows]) -> dict[str, Document]:
    attributes: dict[str, list[tuple[str, str]]] = {}
    for _, row in parts.get("attributs", ()):
        attributes.setdefault(row["document"], []).append((row["attribut"], row["valeur"]))
    if "documents" not in parts:
        return {name: Document(name, attributes=tuple(sorted(given))) for name, given in attributes.items()}
    documents = {}
    for place, row in parts["documents"]:
        name = row["document"]
        if name in documents:
            raise fault(f"{place} : le document « {shown(name)} » est donné deux fois ; gardez-en un.")
        given = tuple(sorted(attributes.pop(name, ())))
        documents[name] = Document(name, row["texte"], row.get("nature", ""), given)
    if attributes:
        raise unknown("attributs.csv : le document", next(iter(attributes)), documents)
    return documents


def _passage(place: str, row: dict[str, str], document: Document, found: Collected) -> list[Passage]:
    """The passage of a row; none, and told, when it has no code or is not at its place."""
    start, end = (_position(place, row.get(key, "")) for key in ("debut", "fin"))
    if not row["code"]:
        found.told.left_out("passages sans code")
        return []
    rest = row["texte"], row["code"], row.get("codeur", ""), row.get("memo", "")
    if start is None or end is None or not document.text:
        given = start is not None or end is not None
        found.told.left_out("positions sans le texte du document pour les vérifier", 1 if given else 0)
        return [Passage(document.name, None, None, *rest)]
    if not start < end <= len(document.text) or document.text[start:end] != row["texte"]:
        found.told.unmatched(document.name, start, end, row["code"])
        return []
    return [Passage(document.name, start, end, *rest)]


def _position(place: str, text: str) -> int | None:
    if not text.strip():
        return None
    if not _POSITION.fullmatch(text.strip()):
        raise fault(f"{place} : une position est un nombre de caractères, depuis 0 ; corrigez « {text[:20]} ».")
    return int(text)


def _code(row: dict[str, str]) -> Code:
    fields = zip(("name", "parent", "definition", "include", "exclude", "example", "changed"), CODES, strict=True)
    values = {field: row.get(column, "") for field, column in fields}
    return Code(**{**values, "parent": code_path_of(values["parent"])})


def _codes_of(paths) -> tuple[Code, ...]:
    """The codes that passages name, and those above, when there is no code book."""
    codes: dict[str, Code] = {}
    for path in dict.fromkeys(paths):
        parent, labels = "", code_labels(path)
        if len(labels) > MOST_DEPTH:
            raise fault(f"le code « {shown(path)} » est au-delà de {MOST_DEPTH} niveaux ; réduisez l’arbre.")
        for label in labels:
            check_label(label)
            code = Code(label, parent)
            codes.setdefault(code.path, code)
            parent = code.path
    return tuple(codes.values())


def _taguette(rows: Rows) -> Project:
    """Taguette's table of passages: one row a passage and a tag, without a position."""
    found, paths, names = Collected(), {}, {}
    found.told.note("Cet export de Taguette ne donne ni position ni codeur ; son projet .sqlite3 les donne.")
    for _, row in rows:
        tag, name = row["tag"], row["document"]
        if not tag:
            found.told.left_out("passages sans code")
            continue
        paths.setdefault(tag, code_path(tag))
        if name not in names:
            names[name] = found.add_document(name, "")
        found.passages.append(Passage(names[name], None, None, row["content"], paths[tag]))
    found.codes = [Code(tag) for tag in paths]
    return found.project()


def _taguette_codes(rows: Rows, titles: list[str]) -> Project:
    """Taguette's table of tags, with the parent of each in its latest versions."""
    found = Collected()
    tree = {row["tag"]: (row.get("parent") or None, Code(row["tag"], definition=row["description"])) for _, row in rows}
    if len(tree) < len(rows):
        raise fault("un tag est donné deux fois ; gardez-en un.")
    found.add_tree(tree)
    found.told.left_out("colonnes", len(set(titles) - {"tag", "parent", "description", *_COUNTED}))
    return found.project()
