"""The scanner of leaks finds what was planted, however it is written, and nothing where nothing was."""

import io
import random
import zipfile
import zlib

import pytest

from conftest import REPOSITORY
from leak_canaries import SEED, canaries
from leak_scanner import find, find_in, find_patterns
from leak_writing import ways

PAGE = (REPOSITORY / "docs" / "exemple" / "04_themes.html").read_bytes()
DRAWN = canaries("preuve")
for _ in range(8):
    DRAWN.some()
PLANTED = DRAWN.planted[:60]
AROUND = PAGE[:200] + b"\n<p>", b"<\n" + PAGE[-100:]
WAYS = [*ways("é à")]


@pytest.mark.parametrize("way", WAYS)
def test_every_canary_is_found_in_a_page_however_it_is_written(way):
    # Each by itself: it is not found because its neighbour is.
    missed = [text for text in PLANTED if find(PLANTED, AROUND[0] + ways(text)[way] + AROUND[1]) != {text}]
    assert (missed, SEED) == ([], SEED)


def test_all_are_found_at_once_in_a_whole_page_and_nothing_where_nothing_was_planted():
    assert len(PLANTED) >= 60 and len(WAYS) >= 14 and len(set(PLANTED)) == len(PLANTED)
    held = b"\n<hr>\n".join(ways(text)[WAYS[rank % len(WAYS)]] for rank, text in enumerate(PLANTED))
    assert find(PLANTED, PAGE.replace(b"</main>", held + b"</main>")) == set(PLANTED)
    assert find(PLANTED, PAGE) == set()


def test_the_name_of_a_file_is_looked_at_as_well(tmp_path):
    (tmp_path / "été").mkdir()
    (tmp_path / "été" / "Zoé Brégnu.csv").write_text("", encoding="utf-8")
    assert find_in(["zoé brégnu"], tmp_path.rglob("*"), tmp_path) == {"été/Zoé Brégnu.csv": {"zoé brégnu"}}


@pytest.mark.parametrize(("text", "pattern"), [
    ("élève 0123456789J, vu", "INE"), ("123456789AB", "INE"), ("2 08 12 59 350 123 45", "NIR"), ("208122A350123", "NIR"),
    ("06 11 22 33 44", "téléphone"), ("+33 6.11.22.33.44", "téléphone"), ("0611223344", "téléphone"),
    ("zoe@exemple.fr", "courriel"), ("/".join(["dans ", "home", "zoe"]), "dossier"), ("\\".join(["C:", "Users", "zoe"]), "dossier"),
    ("Zoé Brégnu née le 13/04/2018", "naissance"), ("Zoé Brégnu;2018-04-13", "naissance"),
])  # fmt: skip
def test_what_looks_like_a_person_is_told(text, pattern):
    for content in (text.encode(), ways(text)["entités décimales"], ways(text)["classeur"], text.replace(" ", "\u00a0").encode()):
        assert pattern in find_patterns(b"<p>" + content + b"</p>")


@pytest.mark.parametrize("text", ["0592714E", "2020-04-13", "le 13/04/2020", "1 017 à 1 038", "0.611 22 33", "M 10 20 30 40", "a@b"])
def test_what_does_not_is_not(text):
    assert find_patterns(text.encode()) == {}


def test_compressed_bytes_of_an_archive_are_noise_and_its_entries_are_read():
    noise = random.Random(58).randbytes(100_000).hex()  # compressed, it happens to hold what looks like an address
    assert "courriel" in find_patterns(zlib.compress(noise.encode()))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("bruit.txt", noise)
    assert "courriel" not in find_patterns(archive.getvalue())
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("note.txt", "zoe@exemple.fr")
    assert find_patterns(archive.getvalue())["courriel"] == {"zoe@exemple.fr"}
