"""The posts: every cell is resolved by a rule or a reviewed alias, or the run stops; no row is lost."""

import pandas as pd
import pytest

from helpers import clean
from helpers.schema import DataError

COLLEGES = pd.DataFrame({
    "uai": ["0999901A", "0999902B"], "nom_officiel": ["Collège Les Ormes", "Collège Jean-Perdu"], "commune": ["Valbois", "Évran"],
})
ASSOCIATIONS = pd.DataFrame({"association": ["Le Gué", "Tilleuls"]})
ALIASES = pd.DataFrame(
    [
        ("association", "LE GUE", "Le Gué", "Sans accent."), ("type_education_prioritaire", "REP +", "rep_plus", "Le plus compte."),
        ("college", "Les Ormes", "0999901A", "Commune non imprimée."), ("equipe_sur_le_quartier", "Club", "autre", "Ni oui ni non."),
    ],
    columns=["colonne", "graphie", "valeur", "raison"],
)
POST = {
    "ligne": 31, "association": "Tilleuls", "college": "Les Ormes (Valbois)", "type_education_prioritaire": "REP",
    "date_debut": "oct-31", "anciennete_prev": "1,5 ans", "anciennete_alses": "NON", "equipe_sur_le_quartier": "OUI",
    "convention": "Ne Sait Pas", "projet_annuel": "En cours", "bureau": "oui", "presentation_formelle": "NON",
}


def cleaned(*changes: dict, aliases: pd.DataFrame = ALIASES) -> clean.CleanPosts:
    raw = pd.DataFrame([POST | change for change in changes], index=range(2, 2 + len(changes)), columns=[*POST])
    return clean.clean_posts(raw, aliases=aliases, associations=ASSOCIATIONS, colleges=COLLEGES)


def test_a_post_is_read_as_the_lists_say_and_each_change_is_in_the_ledger():
    made = cleaned({})
    assert made.posts.iloc[0].tolist() == [
        31, "Tilleuls", "Collège Les Ormes", "Valbois", "0999901A", "rep", pd.Timestamp(2031, 10, 1), "mois", 1.5, 0, "oui", "ne_sait_pas",
        "en_cours", "oui", "non",
    ]
    assert made.ledger[["ligne", "colonne", "avant"]].to_numpy().tolist() == [
        [31, "anciennete_alses", "NON"], [31, "anciennete_prev", "1,5 ans"], [31, "college", "Les Ormes (Valbois)"],
        [31, "convention", "Ne Sait Pas"], [31, "date_debut", "oct-31"], [31, "equipe_sur_le_quartier", "OUI"],
        [31, "presentation_formelle", "NON"], [31, "projet_annuel", "En cours"],
    ]


@pytest.mark.parametrize(("printed", "status"), [("REP", "rep"), ("rep", "rep"), ("REP +", "rep_plus"), ("REP+", "rep_plus"), ("rep +", "rep_plus"), ("", "non_renseigne")])
def test_the_plus_of_a_priority_status_is_never_lost(printed, status):
    assert cleaned({"type_education_prioritaire": printed}).posts["type_education_prioritaire"].tolist() == [status]


@pytest.mark.parametrize("printed", ["Jean Perdu (Évran)", "JEAN PERDU (EVRAN)", "Jean-Perdu (Evran)"])
def test_a_college_is_found_whatever_its_case_and_accents(printed):
    assert cleaned({"college": printed}).posts["uai"].tolist() == ["0999902B"]


def test_a_reviewed_alias_is_followed_and_its_reason_kept():
    made = cleaned({"association": "LE GUE", "college": "Les Ormes", "equipe_sur_le_quartier": "Club"})
    assert made.posts.loc[0, ["association", "uai", "equipe_sur_le_quartier"]].tolist() == ["Le Gué", "0999901A", "autre"]
    rules = made.ledger.set_index("colonne")["regle"]
    assert rules[["association", "college", "equipe_sur_le_quartier"]].tolist() == ["Sans accent.", "Commune non imprimée.", "Ni oui ni non."]


def test_rows_read_are_kept_or_rejected_with_their_reason():
    made = cleaned({}, {"ligne": 32}, {"ligne": 33, "bureau": "NON"}, {"ligne": 34})
    assert (list(made.posts["ligne"]), list(made.rejected["ligne"]), set(made.ledger["ligne"])) == ([31, 33], [32, 34], {31, 33})
    assert set(made.rejected["motif"]) == {"ligne identique à une ligne précédente"}


ANSWER = "n’est pas une réponse connue ; corrigez-la, ou dites dans a_completer.csv ce que cela veut dire."
DURATION = "n’est pas une durée ; écrivez « 1,5 ans », « 6 mois » ou « NON »."
TOO_LONG = "est impossible : 60 ans au plus ; vérifiez-la dans le document."
DATE = "n’est pas une date ; écrivez « oct-19 » ou « 13-janv-20 »."


@pytest.mark.parametrize(("column", "value", "remedy"), [
    ("association", "Tileuls", "n’est pas une association connue ; si c’est « Tilleuls », dites dans a_completer.csv ce que cela veut dire, ou ajoutez-la à data/raw/reference/associations.csv."),
    ("association", "XYZ", "n’est pas une association connue ; si c’en est une autre, dites dans a_completer.csv ce que cela veut dire, ou ajoutez-la à data/raw/reference/associations.csv."),
    ("college", "Les Ormes (Évran)", "n’est pas au répertoire ; si c’est « Les Ormes (Valbois) », dites dans a_completer.csv ce que cela veut dire, ou ajoutez le collège à data/raw/reference/colleges.csv."),
    ("college", "Zzz", "n’est pas au répertoire ; vérifiez son nom, dites dans a_completer.csv ce que cela veut dire, ou ajoutez le collège à data/raw/reference/colleges.csv."),
    ("bureau", "peut-être", ANSWER), ("type_education_prioritaire", "ZEP", ANSWER),
    ("date_debut", "31-févr-32", DATE), ("date_debut", "bientôt", DATE), ("date_debut", "31", DATE),
    ("anciennete_prev", "longtemps", DURATION), ("anciennete_alses", "2", DURATION), ("anciennete_alses", "-1 an", DURATION),
    ("anciennete_alses", "60,1 ans", TOO_LONG), ("anciennete_prev", "721 mois", TOO_LONG),
])
def test_what_nothing_resolves_stops_with_its_place_and_remedy(column, value, remedy):
    with pytest.raises(DataError) as fault:
        cleaned({}, {"ligne": 32, column: value})
    assert str(fault.value).endswith(f"prises_de_poste.csv, ligne 3, colonne « {column} » : « {value} » {remedy}")


@pytest.mark.parametrize(("column", "printed", "value"), [("bureau", "oui", "peut_etre"), ("association", "Tilleuls", "Chênes"), ("college", "Les Ormes (Valbois)", "0000000Z")])
def test_an_alias_towards_nothing_known_stops(column, printed, value):
    with pytest.raises(DataError, match=f"« {column} »"):
        cleaned({}, aliases=pd.DataFrame([(column, printed, value, "Erreur.")], columns=ALIASES.columns))


@pytest.mark.parametrize(("text", "years"), [("60 ans", 60), ("720 mois", 60), ("1 an", 1), ("1.5 ans", 1.5), ("18 MOIS", 1.5), ("1,5\u00a0ans", 1.5), ("Non", 0), ("", None), ("1 an et demi", None)])
def test_a_duration_is_read_in_years(text, years):
    assert clean.read_duration(text) == years


@pytest.mark.parametrize(("text", "date", "precision"), [
    ("13-janv-20", "2020-01-13", "jour"), ("29-févr-20", "2020-02-29", "jour"), ("13/01/2020", "2020-01-13", "jour"),
    ("2020-01-13", "2020-01-13", "jour"), ("2020-01", "2020-01-01", "mois"), ("fevr-20", "2020-02-01", "mois"),
    ("mars-20", "2020-03-01", "mois"), ("juill.-19", "2019-07-01", "mois"), ("AOUT-19", "2019-08-01", "mois"),
    ("oct.-19", "2019-10-01", "mois"), ("déc-19", "2019-12-01", "mois"),
])
def test_a_start_is_read_with_its_precision(text, date, precision):
    assert clean.read_start(text) == (pd.Timestamp(date), precision)
