"""The invented project with a canary wherever somebody may write a name, in the export of a year and all around it."""

import csv
import io
import json
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName

from conftest import MINI, copy_project
from helpers.codings import model, tables

YEAR = 2032
ROWS = 60
_TITLES = [
    "identifiant", "annee", "association", "territoire", "college", "suivi_par", "situation", "niveau", "sexe",
    "annee_naissance", "nouvel_accompagnement", "date_debut", "date_fin", "origine", "orienteur", "demande_initiale",
    "objectifs", "parents_associes",
]  # fmt: skip
_THEMES = ("scolarite", "besoin_de_parler", "mobilite", "sante_addiction", "difficultes_familiales")


# Said when a test fails, so that the same run can be made again.
SEED = int(os.environ.get("ALSES_GRAINE", 0)) or random.SystemRandom().randrange(1, 10**9)
_SYLLABLES = ["bré", "çou", "dwi", "flâ", "gnu", "hœl", "jéx", "kro", "lyd", "mbu", "ñan", "pfi", "quô", "rzé", "stî", "vro"]


@dataclass
class Draw:
    """Draws texts that stand nowhere else, and keeps them: other ones for each place and at each run."""

    salt: str
    planted: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.draw = random.Random(f"{SEED}/{self.salt}")

    def word(self) -> str:
        """A name that nobody bears, with accents."""
        return "".join(self.draw.choices(_SYLLABLES, k=4)).capitalize()

    def make(self, kind: str) -> str:
        """A text of a kind: a name, an INE, an address …; « one » is one word, for what takes no space."""
        number, word = self.draw.randrange, self.word
        made = {
            "name": lambda: f"{word()} {word()}",
            "one": lambda: f"{word()}{number(10**4, 10**5)}",
            "ine": lambda: f"{number(10**9, 10**10)}{self.draw.choice('CDFGHJK')}",
            "mail": lambda: f"{number(10**5, 10**6)}.{self.draw.choice('abcdef')}xq@{number(10**5)}exemple.fr",
            "text": lambda: f"vu chez {word()} & {word()} (hier)",
        }[kind]()
        self.planted.append(made)
        return made

    def some(self) -> list[str]:
        """One of each kind."""
        return [self.make(kind) for kind in ("name", "one", "ine", "mail", "text")]


@dataclass
class Project:
    """Where the project is, and what was planted: what may be told on this computer (names of files, of sheets, of
    columns, of folders), and what nobody may be told."""

    root: Path
    here: set[str] = field(default_factory=set)
    secret: set[str] = field(default_factory=set)
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def every(self) -> set[str]:
        return self.here | self.secret

    def name(self, draw: Draw) -> str:
        """A name that the terminal of this computer may say."""
        self.here.add(one := draw.make("one"))
        return one


def _rows(draw: Draw, project: Project, *, lost: int | None = None) -> tuple[list[str], list[list[str]]]:
    """Titles and rows: good persons, a few rows that are rejected; in row ``lost``, two answers that nobody knows."""
    unknown = {kind: draw.make("name") for kind in ("association", "territoire", "college", "niveau", "objectif")}
    out = []
    for rank in range(ROWS):
        by_college = rank % 3 == 0
        out.append([
            draw.make("ine"), str(YEAR), unknown["association"] if rank < 12 else ("Le Gué", "Tilleuls")[rank % 2],
            unknown["territoire"], unknown["college"] if rank % 4 else "Les Ormes (Valbois)",
            ("alses", "alses", "autre_educateur")[rank % 3], "collegien",
            unknown["niveau"] if rank == lost else ("6e", "5e", "4e", "3e")[rank % 4], ("filles", "garcons")[rank % 2],
            str(YEAR - 15 + rank % 5), ("oui", "non")[rank % 3 == 0], f"{YEAR}-{1 + rank % 6:02}-{13 + rank % 15:02}",
            f"{YEAR}-{8 + rank % 4:02}-20", "college" if by_college else "famille", "enseignants" if by_college else "",
            _THEMES[rank % 5], f"{_THEMES[rank % 5]};{unknown['objectif']}" if rank == lost else _THEMES[rank % 5],
            ("oui", "non")[rank % 7 == 0],
        ])  # fmt: skip
    out[3][0] = ""  # nobody
    out[5][11] = f"31/02/{YEAR}"  # no day
    titles = [*_TITLES, *(project.name(draw) for _ in range(5))]
    return titles, [[*row, *draw.some()] if rank < 6 else [*row, *[""] * 5] for rank, row in enumerate(out)]


def _csv(titles: list[str], rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows([titles, *rows])
    return out.getvalue().encode()


def _xlsx(titles: list[str], rows: list[list[str]], draw: Draw, project: Project) -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.title = draw.make("name")
    sheet = book.active
    sheet.title = project.name(draw)
    for line in [titles, *rows]:
        sheet.append(line)
    sheet["B2"].comment = Comment(draw.make("text"), draw.make("name"))
    sheet.column_dimensions[openpyxl.utils.get_column_letter(len(_TITLES) + 2)].hidden = True
    other = book.create_sheet(project.name(draw))
    other.sheet_state = "hidden"
    for value in draw.some():
        other.append([value])
    name = draw.make("one")
    book.defined_names[name] = DefinedName(name, attr_text=f"'{sheet.title}'!$A$1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plant(folder: Path) -> Project:
    """The project in a folder that bears a canary, its environment another user's."""
    place = Draw("lieu")
    project = Project(folder / f"projet {place.word()}")
    project.here.add(project.root.name.removeprefix("projet "))
    copy_project(MINI, project.root)
    year = project.root / "data" / "raw" / str(YEAR)
    drawn = {name: Draw(name) for name in ("csv", "xlsx", "beside", "card", "machine")}
    titles, rows = _rows(drawn["csv"], project, lost=7)  # of both files, too few to be asked for
    (year / f"accompagnements_{project.name(drawn['csv'])}.csv").write_bytes(_csv(titles, rows))
    titles, rows = _rows(drawn["xlsx"], project)
    file = year / f"Accompagnements {project.name(drawn['xlsx'])}.xlsx"
    file.write_bytes(_xlsx(titles, rows, drawn["xlsx"], project))
    _plant_beside(year, drawn["beside"], project)
    _plant_in_card(year / "datapackage.json", drawn["card"])
    machine = drawn["machine"]
    user, host = machine.make("one"), machine.make("one")
    home = folder / user
    home.mkdir()
    project.environment = dict.fromkeys(("USER", "LOGNAME", "USERNAME"), user) | {
        "HOSTNAME": host, "COMPUTERNAME": host, "HOME": str(home), "USERPROFILE": str(home),
    }  # fmt: skip
    project.secret = {text for draw in drawn.values() for text in draw.planted} - project.here
    return project


def _plant_beside(year: Path, draw: Draw, project: Project) -> None:
    """What people leave in a folder: notes, minutes, codings, a lock of their spreadsheet."""
    told = "\n".join(draw.some())
    (year / f"notes {project.name(draw)}.txt").write_text(told, encoding="utf-8")
    (year / "README.md").write_text(f"# {draw.make('name')}\n\n{draw.make('text')}\n", encoding="utf-8")
    (year / f"~$accompagnements_{project.name(draw)}.xlsx").write_text(draw.make("name"), encoding="utf-8")
    (year / "comptes_rendus").mkdir()
    (year / "comptes_rendus" / f"{project.name(draw)}.txt").write_text("\n".join(draw.some()), encoding="utf-8")
    _plant_coding(year / "codages" / project.name(draw), draw)


def _plant_coding(folder: Path, draw: Draw) -> None:
    """A coding as `import-coding` keeps it: what was said, who coded it, what is noted beside."""
    book = folder.parents[2] / "reference" / "themes.csv"
    code = next(csv.DictReader(io.StringIO(book.read_text(encoding="utf-8-sig"))))["libelle"]
    text = "\n".join(draw.some())
    passage = model.Passage("réunion", 0, len(text), text, code, draw.make("name"), draw.make("text"))
    document = model.Document("réunion", text, "compte_rendu", (("locuteur", draw.make("name")),))
    folder.mkdir(parents=True)
    tables.write_csv(model.Project((model.Code(code),), (document,), (passage,)), folder)


def _plant_in_card(path: Path, draw: Draw) -> None:
    """The fields of a card that no page shows."""
    card = json.loads(path.read_text(encoding="utf-8"))
    card |= {"title": draw.make("name"), "description": draw.make("text"), "contributors": [{"title": draw.make("name"), "email": draw.make("mail")}]}
    card |= {"keywords": [draw.make("one")], "homepage": f"https://{draw.make('mail')}", "created": draw.make("one")}
    card["sources"][0] |= {"path": draw.make("one"), "email": draw.make("mail")}
    card["resources"] = [{"name": "reunions", "path": "reunions.csv", "description": draw.make("text")}]
    path.write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
