"""An export among the inputs of its year: described, counted once, frozen by its card."""

import json
import re

import pytest

from helpers import data, paths
from helpers.schema import DataError
from helpers.simulate import years
from helpers.system import sha256_of
from small_export import write_export

ACCEPT = f"si c’est voulu, acceptez l’export tel qu’il est ({paths.COMMAND} check --year 2033 --accept)"


def freeze(*, accept: bool = False) -> None:
    data.freeze_exports(2033, data.read_export(2033).received.rows, accept=accept)


def told() -> list[str]:
    return [str(fault) for fault in data.export_faults(2033)]


def described() -> list[tuple]:
    """The exports among the inputs of the year: name, rows."""
    return [(entry["fichier"], entry["lignes"]) for entry in data.describe_inputs([2033]) if re.search("export|accompagnement", entry["fichier"])]


def test_an_export_is_an_input_without_its_name_nor_its_rows(data_root):
    for name in ("accompagnements_Zoe.csv", "Accompagnements b.csv"):
        write_export(data_root, name=name)
    freeze()
    # Capitals come first: the order is that of the names, which do not leave.
    assert described() == [(f"export de la base de 2033, fichier {rank}", None) for rank in (1, 2)]
    assert list(data.date_exports(2033)) == ["fichier 1", "fichier 2"]


def test_whoever_guesses_an_export_cannot_confirm_it(data_root):
    path = write_export(data_root)
    freeze()
    first = data.describe_inputs([2033])
    for key in (data_root / "data/releases").rglob("*.bin"):
        key.unlink()
    again = data.describe_inputs([2033])
    (one,), (other,) = ([entry["sha256"] for entry in each if "export" in entry["fichier"]] for each in (first, again))
    assert sha256_of(path) != one != other


def test_a_simulated_export_is_named_as_the_simulation_does(data_root):
    data.save_simulated(years.invent(2033, 5), 2033, made_by="un essai")
    [described] = [entry["fichier"] for entry in data.describe_inputs([2033]) if "accompagnement" in entry["fichier"]]
    assert (described, data.date_exports(2033)) == ("data/raw/2033/accompagnements_synthetique.csv", {})


def test_the_card_says_what_was_received_and_is_not_written_again(data_root):
    path = write_export(data_root)
    freeze()
    card = path.parent / "carte_export.json"
    [entry] = json.loads(card.read_text(encoding="utf-8"))["resources"]
    assert [entry[name] for name in ("path", "hash", "rows", "synthetic")] == ["accompagnements.csv", f"sha256:{sha256_of(path)}", 12, False]
    written = card.stat().st_mtime_ns
    freeze()
    assert card.stat().st_mtime_ns == written


def test_a_changed_export_is_refused_until_it_is_accepted_and_so_is_a_file_that_came_or_went(data_root):
    write_export(data_root)
    freeze()
    write_export(data_root, {}, {"sexe": "garcons"})
    sentence = f"data/raw/2033/accompagnements.csv n’est plus tel qu’il a été reçu : {ACCEPT}, sinon remettez l’ancien."
    assert (told(), data.raw.is_frozen(2033)) == ([sentence], False)
    with pytest.raises(DataError, match="n’est plus tel qu’il a été reçu"):
        freeze()
    freeze(accept=True)
    assert (told(), data.raw.is_frozen(2033), data.read_export_card(2033)["accompagnements.csv"]["rows"]) == ([], True, 2)
    other = write_export(data_root, {"identifiant": "S1"}, name="accompagnements_sud.csv")
    assert told() == [f"data/raw/2033/accompagnements_sud.csv est arrivé après que l’export de 2033 a été lu : {ACCEPT}, sinon retirez-le."]
    freeze(accept=True)
    other.unlink()
    assert told() == [f"data/raw/2033/accompagnements_sud.csv faisait partie de l’export de 2033 et n’est plus là : remettez-le ; {ACCEPT}."]


def test_a_simulation_is_not_frozen_and_keeps_its_card(data_root):
    path = write_export(data_root, name="accompagnements_synthetique.csv")
    card = path.parent / "carte_export.json"
    freeze()
    assert not card.exists()
    write_export(data_root, {}, name="accompagnements_synthetique.csv")
    assert (told(), data.simulated_exports(2033)) == ([], [path])


def test_a_card_that_cannot_be_read_or_written_is_one_sentence_and_no_crash(data_root, monkeypatch):
    card = write_export(data_root).parent / "carte_export.json"
    for text in ("{", '{"resources": [{"path": "accompagnements.csv"}]}'):
        card.write_text(text, encoding="utf-8")
        assert told() == ["data/raw/2033/carte_export.json n’est pas lisible : supprimez-la, elle sera refaite au prochain rapport."]
    card.unlink()

    def refuse(path, *given, **more):
        raise PermissionError(13, "protégé", str(path))

    monkeypatch.setattr("pathlib.Path.write_bytes", refuse)
    with pytest.raises(DataError, match=r"^Impossible d’écrire data/raw/2033/carte_export\.json, .* relancez\.$"):
        freeze()
    assert not card.exists() and not list(card.parent.glob(".*.partiel"))


def test_a_year_without_card_cites_its_export(data_root):
    path = write_export(data_root)
    assert data.read_card(2033)["title"] == "export de la base départementale reçu pour 2033"
    path.rename(path.with_name("accompagnements_synthetique.csv"))
    assert data.read_card(2033)["title"] == "données simulées pour 2033"


def test_a_year_with_an_export_is_read_with_every_earlier_one_that_has_one(data_root):
    write_export(data_root, year=2031)
    assert (paths.read_with(2033), paths.read_with(2032)) == ([2032, 2033], [2031, 2032])
    write_export(data_root, year=2035)
    assert paths.read_with(2035) == [2031, 2035]


def test_tables_are_refused_once_an_earlier_export_changed(data_root):
    write_export(data_root, year=2031)
    write_export(data_root)
    data.save_year(data.read_year(2033), {})
    assert data.load(2033, "reunions").empty
    write_export(data_root, {}, year=2031)
    with pytest.raises(DataError, match="export de la base de 2031, fichier 1 a changé depuis le nettoyage de 2033"):
        data.load(2033, "reunions")
