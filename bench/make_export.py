"""An invented export of any size, always the same for the same number of rows: ``make_export.py ROWS FOLDER``.

The folder becomes a data root: the export of one year, and public registers that know its sites. Every answer is drawn
by itself, so the persons mean nothing: what is true to life is the form. Answers are written in several ways, some are
missing or expected by nobody, a few UAI, dates and births are impossible, and a few persons come twice. Beside them,
``modalites.json`` says what each spelling of a closed list means, so that the yardsticks write answers otherwise by
the same table as the project.
"""

import argparse
import csv
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from answers import ANSWERS, UNKNOWN_MEANS, goals, spellings
from same_work import MAPPING, YEAR, export_of

REFERENCE = Path(__file__).resolve().parents[1] / "data" / "raw" / "reference"

# Rows drawn and written together: their texts weigh some 60 MB.
CHUNK = 250_000
# One row in so many is wrong in one way, or comes again later in the file.
RARE = 2_000
# A fault a row, never two: (column, what is written).
FAULTS = [("annee", str(YEAR - 1))]
# What the register says of every invented collège.
FACTS = {"source_ips": "inventée", "source_education_prioritaire": "inventée"}
# An identifier is its row times a number prime with this one: all differ, and their order says nothing.
IDENTIFIERS = 10**10


def control_letter(number: int) -> str:
    """The letter that ends a UAI of seven digits."""
    return "ABCDEFGHJKLMNPRSTUVWXYZ"[number % 23]


def sites(associations: int, colleges: int) -> tuple[list[str], list[str], list[str]]:
    """Names of associations, UAI and names of collèges; they stand for nobody."""
    numbers = [7_900_000 + 7 * rank for rank in range(colleges)]
    return (
        [f"Association {rank:03d}" for rank in range(associations)],
        [f"{number:07d}{control_letter(number)}" for number in numbers],
        [f"Collège imaginaire {rank:04d}" for rank in range(colleges)],
    )


def days(first: str, last: str) -> list[str]:
    """Every day from the first to the last, day before month."""
    span = np.arange(first, last, dtype="datetime64[D]").astype(object)
    return [f"{day:%d/%m/%Y}" for day in span]


class Draw:
    """Draws the rows of a chunk, column by column."""

    def __init__(self, rows: int) -> None:
        # A national file has more sites than that of a département; neither has a collège a person.
        self.associations, self.uai, self.colleges = sites(min(400, 12 + rows // 5000), min(3000, 45 + rows // 500))
        self.closed = {column: spellings(column) for column in ANSWERS}
        self.goals = goals()
        self.starts = days(f"{YEAR - 2}-01-01", f"{YEAR + 1}-01-01")
        self.ends = days(f"{YEAR}-01-01", f"{YEAR + 1}-01-01")
        self.births = [str(year) for year in range(YEAR - 17, YEAR - 9)]

    def rows(self, first: int, count: int) -> pa.Table:
        """The rows from the first, ``count`` of them."""
        rng = np.random.default_rng([YEAR, first])
        place = rng.integers(0, len(self.uai), count)
        columns = {
            "identifiant": self._identifiers(first, count),
            "annee": pa.array([str(YEAR)]).take(pa.array(np.zeros(count, np.int8))),
            "association": _take(self.associations, place % len(self.associations)),
            "territoire": _take([f"Territoire {rank}" for rank in range(8)], place % 8),
            "uai": _take(self.uai, place),
            "college": _take(self.colleges, place),
        }
        for column in ("suivi_par", "situation", "niveau", "sexe"):
            columns[column] = self._closed(rng, column, count)
        columns["annee_naissance"] = _take(self.births, rng.integers(0, len(self.births), count))
        columns["nouvel_accompagnement"] = self._closed(rng, "nouvel_accompagnement", count)
        start = rng.integers(0, len(self.starts), count)
        columns["date_debut"] = _take(self.starts, start)
        columns["date_fin"] = self._ends(rng, start)
        for column in ("origine", "orienteur", "demande_initiale"):
            columns[column] = self._closed(rng, column, count)
        columns["orienteur"] = _only_where(columns["orienteur"], columns["origine"], self.closed["origine"][2])
        sets = [f'"{text}"' if ";" in text else text for text in self.goals[0]]
        columns["objectifs"] = _take(sets, _places(rng, self.goals[1], count))
        columns["parents_associes"] = self._closed(rng, "parents_associes", count)
        return pa.table(self._with_faults(columns, first))

    def _identifiers(self, first: int, count: int) -> pa.Array:
        numbers = np.arange(first, first + count, dtype=np.int64) * 387_420_489 % IDENTIFIERS
        return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 10, "0")

    def _closed(self, rng: np.random.Generator, column: str, count: int) -> pa.Array:
        texts, weights, _ = self.closed[column]
        return _take(texts, _places(rng, weights, count))

    def _ends(self, rng: np.random.Generator, start: np.ndarray) -> pa.Array:
        """Six in ten have no end; the others end in the year, after they began."""
        first = np.maximum(start - (len(self.starts) - len(self.ends)), 0)
        end = first + (rng.random(len(start)) * (len(self.ends) - first)).astype(np.int64)
        return _take(["", *self.ends], np.where(rng.random(len(start)) < 0.6, 0, end + 1))

    def _with_faults(self, columns: dict[str, pa.Array], first: int) -> dict[str, pa.Array]:
        """One row in RARE is wrong."""
        rank = np.arange(first, first + len(columns["annee"])) % RARE
        for place, (column, text) in enumerate(FAULTS):
            columns[column] = pc.if_else(pa.array(rank == 100 * (place + 1)), text, columns[column])
        return columns


def _take(texts: list[str], places: np.ndarray) -> pa.Array:
    return pa.array(texts).take(pa.array(places))


def _places(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    """Drawn in a table of 65 536 places: the fastest way, and fine enough."""
    table = np.repeat(np.arange(len(weights)), np.diff(np.round(np.append(0, weights.cumsum()) * 65_536).astype(int)))
    return table[rng.integers(0, len(table), count, dtype=np.uint32)]


def _only_where(column: pa.Array, origin: pa.Array, means: dict[str, str]) -> pa.Array:
    by_college = pc.is_in(origin, pa.array([text for text, meaning in means.items() if meaning == "college"]))
    return pc.if_else(by_college, column, "")


def again(table: pa.Table, first: int) -> pa.Table:
    """The persons of a chunk who come twice: the same row again, or with another class."""
    rank = np.arange(first, first + len(table)) % RARE
    same = table.filter(pa.array(rank == 1_500))
    other = table.filter(pa.array(rank == 1_600))
    level = pc.if_else(pc.equal(other["niveau"], "4e"), "3e", "4e")
    return pa.concat_tables([same, other.set_column(other.schema.get_field_index("niveau"), "niveau", level)])


def write_registers(draw: Draw, folder: Path) -> None:
    """The project's own tables of spellings and headers, and registers of the invented sites with the same columns."""
    shutil.copytree(REFERENCE, folder, dirs_exist_ok=True)
    # What nobody expects is said to be so: an answer that is not understood stops the year.
    with (folder / "modalites.csv").open("a", encoding="utf-8", newline="") as file:
        apart = [text for text, meaning in UNKNOWN_MEANS.items() if meaning == "non_prevu"]
        csv.writer(file, lineterminator="\n").writerows(
            (column, "graphie", text, "non_prevu", "") for column in (*draw.closed, "objectifs") for text in apart
        )
    sites = {
        "associations": [{"association": name, "source": "inventée"} for name in draw.associations],
        "colleges": [
            {"uai": uai, "nom_officiel": name, "commune": "Nulle-Part", **FACTS}
            for uai, name in zip(draw.uai, draw.colleges, strict=True)
        ],
    }
    for table, rows in sites.items():
        path = folder / f"{table}.csv"
        header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, header)
            writer.writeheader()
            writer.writerows(rows)


def write_export(rows: int, folder: Path) -> Path:
    """Makes the data root and returns it; in the export, the persons who come again stand at the end."""
    draw = Draw(rows)
    write_registers(draw, folder / "data" / "raw" / "reference")
    means = {column: closed[2] for column, closed in draw.closed.items()} | {"objectifs": draw.goals[2]}
    (folder / MAPPING).write_text(json.dumps(means, ensure_ascii=False, indent=1), encoding="utf-8")
    path, left, twice, first = export_of(folder), rows, [], 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while left:
            count = min(CHUNK, left)
            table = draw.rows(first, count)
            if first == 0:
                file.write((";".join(table.column_names) + "\n").encode())
            _append(file, table)
            twice.append(again(table, first))
            first, left = first + count, left - count
        _append(file, pa.concat_tables(twice))
    return folder


def _append(file, table: pa.Table) -> None:
    """Lines of text, joined in one go: only a set of objectives holds a separator, and it is quoted already."""
    columns = [column.combine_chunks() for column in table.columns]
    last = pc.binary_join_element_wise(columns[-1], "", "\n")
    lines = pc.binary_join_element_wise(*columns[:-1], last, ";")
    for chunk in lines.chunks if isinstance(lines, pa.ChunkedArray) else [lines]:
        file.write(chunk.buffers()[2])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=lambda text: int(float(text)))
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    sys.stdout.write(f"{write_export(given.rows, given.folder)}\n")
