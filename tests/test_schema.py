"""The catalogue and the Table Schemas mean what they say."""

import pandas as pd
import pytest
from frictionless import Schema

from helpers import schema


def test_a_modality_or_a_group_has_a_label_and_its_condition():
    entries = schema.catalogue().indicators
    entry = entries["premiere_prise_de_poste"]
    assert [(entry.label_of(name), entry.hypothesis_of(name)) for name in ("oui", "oui_ou_incertain", "peut_etre")] == [
        ("oui", None), ("oui ou incertain", "une ancienneté de moins d’un an est celle du poste actuel"), ("peut etre", None),
    ]
    assert (entries["niveau"].title_of("3e"), entries["accompagnements"].title_of("")) == ("Niveau de classe : 3e", "Accompagnements individuels")
    assert [entry.id for entry in schema.catalogue().of_topic("public")] == ["sexe", "nouvel_accompagnement", "age"]


def test_an_entry_without_a_required_field_is_refused():
    with pytest.raises(KeyError, match="definition"):
        schema.read_catalogue('[indicateurs.taille]\nlibelle = "Taille"')


@pytest.mark.parametrize("entry", schema.catalogue().indicators.values(), ids=lambda entry: entry.id)
def test_an_entry_of_the_catalogue_names_only_what_exists(entry):
    entries = schema.catalogue()
    assert (entry.unit in entries.units, entry.topic in entries.topics) == (True, True)
    assert entry.choice in {"unique", "multiple", "total"}
    assert entry.form in {"barres", "grille", "frise", "aucune"}
    assert {member for group in entry.groups.values() for member in group.members} <= set(entry.modalities)
    assert {(entry.base or entry.id).partition("/")[0], *entry.ratio} <= set(entries.indicators)


@pytest.mark.parametrize("name", schema.table_names())
def test_a_table_schema_is_valid_and_describes_each_column(name):
    described = schema.table_schema(name)
    assert Schema.from_descriptor(described).field_names == schema.columns(name)
    assert set(described.get("primaryKey", [])) <= set(schema.columns(name))
    assert [column["name"] for column in described["fields"] if not column["description"].endswith(".")] == []


def test_a_typed_table_has_the_columns_order_and_types_of_its_schema():
    raw = pd.DataFrame({
        "ligne": ["40"], "date": ["2032-03-02"], "intitule": ["Journée"], "forme": ["visio"], "groupe": ["nord"], "participants": ["5"],
        "invites_du_groupe": [""], "associations": [None], "ligne_invites": [""], "de_trop": ["x"],
    }, dtype="str")
    out = schema.apply_schema(raw, "reunions")
    assert list(out.columns) == schema.columns("reunions")
    assert out.loc[0, ["date", "participants", "associations"]].tolist() == [pd.Timestamp(2032, 3, 2), 5, ""]
    assert out["invites_du_groupe"].isna().all()
    assert raw["participants"].tolist() == ["5"]
    with pytest.raises(KeyError, match="forme"):
        schema.apply_schema(raw.drop(columns="forme"), "reunions")
