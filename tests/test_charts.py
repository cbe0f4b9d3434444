"""The colours of the house, told apart by day and by night, and the table of a figure as a file."""

import io
import re
from urllib.parse import unquote_to_bytes

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.path import Path

from helpers import palette
from helpers.charts.maps import contour_du_nord, noms_de_lieux
from helpers.charts.table_csv import csv_address
from helpers.palette import BAND, BLUE, COLOURS, DARK, GROUND, INK, PALE, SHADES, text_on
from helpers.text import tables

THEMES = {"day": lambda colour: colour, "night": DARK.__getitem__}
both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def contrast(one: str, other: str) -> float:
    """The ratio of the WCAG, computed here by another way than `palette`."""
    values = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in (one, other)]) / 255
    linear = np.where(values <= 0.03928, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return (light[1] + 0.05) / (light[0] + 0.05)


# --- colours ---------------------------------------------------------------------------------------------------------


def test_every_colour_has_a_counterpart_at_night():
    named = {value for value in vars(palette).values() if isinstance(value, str) and re.fullmatch("#[0-9a-f]{6}", value)}
    assert named | set(COLOURS.values()) | set(SHADES) == set(DARK)


# What a drawing writes inside a fill: the numbers of bars, the letters of squares, the counts of a heat table.
FILLS = {*SHADES, GROUND, *(colour for name, colour in COLOURS.items() if name.startswith(("nature_enonce/", "origine/")))}
# Fills that touch in one bar: told apart without their hue.
TOUCHING = [("origine/college", "origine/hors_college"), ("suivi_par/alses", "suivi_par/autre_educateur"), ("sexe/filles", "sexe/garcons"), ("situation/collegien", "situation/hors_college")]
# PALE and TRACK are lines between rows and what is behind a bar: whoever uses them as a mark gives them an edge.
CONTRASTS = [
    *((words, GROUND, 4.5) for words in (INK, palette.GREY)), *((mark, GROUND, 3) for mark in set(COLOURS.values()) - {PALE}),
    *((text_on(fill), fill, 4.5) for fill in FILLS), *((COLOURS[one], COLOURS[other], 1.5) for one, other in TOUCHING),
]


@both_themes
def test_words_marks_and_fills_are_told_apart(theme):
    assert [(one, other) for one, other, least in CONTRASTS if contrast(theme(one), theme(other)) < least] == []
    # What a rounding leaves open, half transparent.
    both = [[int(theme(colour)[at : at + 2], 16) for at in (1, 3, 5)] for colour in (BLUE, GROUND)]
    mixed = [round(mark * BAND + ground * (1 - BAND)) for mark, ground in zip(*both, strict=True)]
    assert contrast("#" + "".join(f"{part:02x}" for part in mixed), theme(GROUND)) >= 3


# --- data ------------------------------------------------------------------------------------------------------------

DATA = pd.DataFrame({"nom": ["A ; B « 1 »", "=2+3"], "effectif": [2233, None], "part_pct": [45.5, None], "ecart_pts": [-6.0, 12.0], "dit": ["entre 1 et 2", "—"]})
TITLES = {"nom": "Nom", "effectif": "Effectif", "part_pct": "Part", "ecart_pts": "Écart", "dit": "Dit"}


def downloaded(rows: list[list[str]]) -> bytes:
    return unquote_to_bytes(csv_address(rows).partition(",")[2])


@pytest.mark.parametrize(("rows", "file"), [
    ([["A", "B"], ["+1\u202f206,5", "+12\u202f%"]], "A;B (%)\r\n1206,5;12\r\n"),
    ([["=A", "@B"], ["x", "12\u202f%"]], "'=A;'@B (%)\r\nx;12\r\n"),
    ([["P"], ["de 4 à 5,0\u202f% arrondi"]], "P\r\nde 4 à 5,0\u202f% arrondi\r\n"),
    (tables.table(pd.DataFrame({"m": ["oui"], "n": [3], "qui": ["ALSES"]}), caption="C", by="qui").rows, "Groupe;m;n\r\nALSES;oui;3\r\n"),
], ids=["numbers", "no formula", "a sentence", "groups"])
def test_a_downloaded_table_is_plain_for_a_spreadsheet(rows, file):
    assert downloaded(rows).decode("utf-8-sig") == file


def test_the_file_that_is_downloaded_is_the_table_that_is_shown():
    table = tables.table(DATA, caption="C", titles=TITLES)
    read = pd.read_csv(io.BytesIO(downloaded(table.rows)), sep=";", decimal=",", encoding="utf-8-sig")
    expected = DATA.assign(nom=["A ; B « 1 »", "'=2+3"], dit=["entre 1 et 2", None]).rename(columns=TITLES | {"part_pct": "Part (%)"})
    pd.testing.assert_frame_equal(read, expected, check_dtype=False)
    assert downloaded(table.rows).startswith(b"\xef\xbb\xbf") and downloaded(table.rows).count(b"\r\n") == 3


# --- places ----------------------------------------------------------------------------------------------------------


def test_the_names_of_places_cover_neither_each_other_nor_a_point_and_lie_in_the_nord():
    near = pd.DataFrame({"x": [3.954, 3.91, 3.96, 4.1], "y": [50.258, 50.249, 50.279, 50.287], "nom": ["Louvroil", "Hautmont", "Maubeuge", "Jeumont"]})
    _, axes = plt.subplots(figsize=(7, 5))
    contour_du_nord(axes)
    outline = max(axes.lines, key=lambda line: len(line.get_xdata()))
    assert Path(np.column_stack(outline.get_data())).contains_points(near[["x", "y"]]).all()
    noms_de_lieux(axes, near, x="x", y="y", nom="nom")
    axes.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in axes.texts]
    points = axes.transData.transform(near[["x", "y"]])
    assert [text.get_text() for text in axes.texts] == ["Jeumont", "Maubeuge", "Louvroil", "Hautmont"]
    assert not any(box.overlaps(other) for place, box in enumerate(boxes) for other in boxes[:place])
    assert not any(box.contains(*point) for box in boxes for point in points)
    plt.close()


# --- one modality, one colour ----------------------------------------------------------------------------------------


def test_no_other_modality_of_an_indicator_has_the_colour_of_one():
    for name in {name.partition("/")[0] for name in COLOURS if "/" in name}:
        own = [colour for key, colour in COLOURS.items() if key.startswith(f"{name}/")]
        assert len(set(own)) == len(own), name
