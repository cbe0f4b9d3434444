"""The dictionary says every column and every indicator, with their rules."""

import pytest

from helpers import schema
from helpers.dictionary import data_dictionary

TEXT = data_dictionary().replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("name", schema.table_names())
def test_every_column_of_a_table_has_its_line(name):
    section = TEXT.partition(f"### `{name}` : ")[2].partition("\n### ")[0]
    assert [column for column in schema.columns(name) if f"\n| `{column}` | " not in section] == []


@pytest.mark.parametrize("line", [
    "- `alses` : personnes suivies par un ALSES ; on admet que toutes les personnes suivies par un ALSES sont des collégiens",
    "Une réunion organisée pour le réseau. Clé : `date`, `groupe`.",
    "| `annee` | entier |  | Année que le chiffre décrit. | obligatoire ; au moins 2000 ; au plus 2100 |",
    "| `forme` | texte |  | Présentiel ou visioconférence. | obligatoire ; `presentiel`, `visio` |",
    "| `ips_2022_23` | nombre | points d’indice | Indice de position sociale, rentrée 2022. | au moins 30 ; au plus 200 |",
    "| `id` | texte |  | Identifiant du chiffre, stable. | obligatoire ; unique ; forme `^C[0-9]{4}-[0-9]{2,3}$` |",
    "| `bureau` | Bureau ou local au collège | L’ALSES dispose d’un bureau ou d’un local dans le collège. | postes | `nouveaux_postes` | "
    "un seul choix | `oui` oui ; `non` non |",
])
def test_rules_conditions_and_indicators_are_said(line):
    assert f"\n{line}\n" in TEXT
