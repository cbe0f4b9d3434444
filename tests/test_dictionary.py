"""The dictionary says every column and every indicator, with their rules."""

import pytest

from helpers import schema
from helpers.documents import data_dictionary

TEXT = data_dictionary().replace("\u00a0", " ").replace("\u202f", " ")


def test_every_table_is_placed_and_every_column_has_its_line():
    head = TEXT.partition("\n## ")[0]
    for name in schema.table_names():
        section = TEXT.partition(f"### `{name}` : ")[2].partition("\n### ")[0]
        assert [column for column in schema.columns(name) if f"\n| `{column}` | " not in section] == [] and f"`{name}`" in head, name


@pytest.mark.parametrize("line", [
    "- `alses` : personnes suivies par un ALSES ; on admet que toutes les personnes suivies par un ALSES sont des collégiens",
    "Une réunion organisée pour le réseau. Clé : `date`, `groupe`.",
    "| `annee` | entier |  | Année que le chiffre décrit. | obligatoire ; au moins 2000 ; au plus 2100 |",
    "| `forme` | texte |  | Présentiel ou visioconférence. | obligatoire ; `presentiel`, `visio` |",
    "| `ips_2022_23` | nombre | points d’indice | Indice de position sociale, rentrée 2022. | au moins 30 ; au plus 200 |",
    "| `id` | texte |  | Identifiant du chiffre, stable. | obligatoire ; unique ; forme `^C[0-9]{4}-[0-9]{2,3}$` |",
    "| `bureau` | Bureau ou local au collège | L’ALSES dispose d’un bureau ou d’un local dans le collège. | postes | `nouveaux_postes` | "
    "un seul choix | `oui` oui ; `non` non |  |",
    "| `sexe` | Sexe | Sexe de la personne accompagnée. | personnes | `accompagnements` | un seul choix | `filles` filles ; `garcons` garçons | "
    "compté pour `alses`, `prevention_specialisee` ; aussi `ne_sait_pas`, `non_prevu`, `non_renseigne` |",
    "| `sexe` | texte |  | Sexe. | toujours dans le fichier ; `filles`, `garcons` |",
    "| `date_fin` | date |  | Fin de l’accompagnement ; vide s’il se poursuit. | peut manquer au fichier |",
    "| `objectifs` | texte |  | Thèmes travaillés, séparés par « ; ». | toujours dans le fichier ; plusieurs modalités de `objectif` |",
    "| `colleges` | entier | collèges | Collèges dont des personnes sont suivies. |  |",
])
def test_rules_conditions_and_indicators_are_said(line):
    assert f"\n{line}\n" in TEXT
