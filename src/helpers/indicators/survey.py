"""The posts of the survey against their own dates and against the register."""

import pandas as pd

from helpers.indicators.findings import finding, plain
from helpers.indicators.leaves import named
from helpers.indicators.rows import Cell
from helpers.schema import CERTAIN_FROM_YEARS, catalogue, table_schema

SURVEY = "journee_nouveaux"  # the group whose meeting collected the posts
# A seniority is printed to the half-year: « 0,5 ans » may be a quarter of a year.
HALF_STEP_YEARS = 0.25
DAYS_PER_YEAR = 365.25
REGISTER = "education_prioritaire_2024_25"


def seniorities(posts: pd.DataFrame, meetings: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``jours`` (from start to survey, at most) and ``anciennete_et_debut``; none without a survey.

    impossible: a seniority below a year that its rounding cannot bring down to the time since the start;
    poste_anterieur: a longer one, which only an earlier post explains; possible: any other.
    """
    dates = meetings.loc[meetings["groupe"] == SURVEY, "date"]
    if posts.empty or dates.empty:
        return posts.head(0).assign(jours=[], anciennete_et_debut=[])
    days = (dates.max() - posts["date_debut"]).dt.days
    years = posts["anciennete_alses_ans"].astype(float)
    is_longer = (years > 0) & (years - HALF_STEP_YEARS > days / DAYS_PER_YEAR)
    found = pd.Series("possible", index=posts.index)
    found = found.mask(is_longer, "impossible").mask(is_longer & (years >= CERTAIN_FROM_YEARS), "poste_anterieur")
    return posts.assign(jours=days, anciennete_et_debut=found)


def statuses(posts: pd.DataFrame, colleges: pd.DataFrame) -> pd.DataFrame:
    """The posts with ``repertoire`` (status of the register) and ``classement_au_repertoire``.

    identique, different, or non_comparable when one of the two says nothing.
    """
    known = colleges.set_index("uai")[REGISTER]
    register = posts["uai"].map(known).fillna("")
    printed = posts["type_education_prioritaire"]
    found = (printed == register).map({True: "identique", False: "different"}).astype("str")
    is_silent = (register == "") | (printed == "non_renseigne")
    return posts.assign(repertoire=register, classement_au_repertoire=found.mask(is_silent, "non_comparable"))


def _name(post) -> str:
    return f"« {post.college} ({post.commune}) »"


def _listed(posts: pd.DataFrame, write) -> str:
    return " ; ".join(f"{_name(post)} : {write(post)}" for post in posts.itertuples())


def _count(posts: pd.DataFrame, whole: pd.DataFrame) -> str:
    return f"{named(f'{len(posts)}', 'postes', len(posts))} / {named(f'{len(whole)}', 'postes', len(whole))}"


def _years(post) -> str:
    unit = "an" if post.anciennete_alses_ans < 2 else "ans"
    days = "jour" if abs(post.jours) < 2 else "jours"
    return f"{plain(post.anciennete_alses_ans, 2)} {unit} pour {post.jours} {days} au plus"


SENIORITIES = {
    "impossible": (
        "contradictoire",
        "Ancienneté d’ALSES plus longue que le poste",
        "Même arrondie à la demi-année, elle dépasse le temps écoulé entre le début du poste et l’enquête. "
        "Un poste antérieur l’expliquerait, mais ce ne serait alors plus une première prise de poste.",
    ),
    "poste_anterieur": (
        "sous_hypothese",
        "Ancienneté d’ALSES acquise avant ce poste",
        "Possible sous cette hypothèse : un poste d’ALSES antérieur.",
    ),
    "possible": (
        "confirme",
        "Ancienneté d’ALSES et début du poste",
        "L’ancienneté imprimée tient dans le temps écoulé entre le début du poste et l’enquête.",
    ),
}
STATUSES = {
    "different": (
        "ambigu",
        "Éducation prioritaire : le classement imprimé n’est pas celui du répertoire",
        "Le répertoire décrit une autre année : faute d’impression, ou classement changé entre-temps.",
    ),
    "non_comparable": (
        "non_verifiable",
        "Éducation prioritaire : rien n’est imprimé, ou rien n’est au répertoire",
        "Une case vide n’est pas une réponse : elle reste vide.",
    ),
    "identique": (
        "sous_hypothese",
        "Éducation prioritaire : le classement imprimé est celui du répertoire",
        "Confirmé sous cette hypothèse : le classement n’a pas changé jusqu’à l’année du répertoire.",
    ),
}


def seniority_findings(posts: pd.DataFrame, meetings: pd.DataFrame, *, year: int) -> list[dict]:
    """At most one finding a class of `seniorities`, worst first."""
    return _findings(
        seniorities(posts, meetings),
        SENIORITIES,
        column="anciennete_et_debut",
        write=_years,
        silent="possible",
        year=year,
    )


def status_findings(posts: pd.DataFrame, colleges: pd.DataFrame, *, year: int) -> list[dict]:
    """At most one finding a class of `statuses`, worst first."""
    label_of = catalogue().indicators["type_education_prioritaire"].label_of
    title = next(field for field in table_schema("colleges")["fields"] if field["name"] == REGISTER)["title"]
    when = title.rpartition(" ")[2]

    def write(post) -> str:
        register = label_of(post.repertoire) if post.repertoire else "rien"
        return f"imprimé {label_of(post.type_education_prioritaire)}, répertoire {when} {register}"

    found = statuses(posts, colleges)
    return _findings(found, STATUSES, column="classement_au_repertoire", write=write, silent="identique", year=year)


def _findings(posts: pd.DataFrame, classes: dict, *, column: str, write, silent: str, year: int) -> list[dict]:
    """One finding a class that has posts; those of the class ``silent`` are counted, not listed."""
    rows = []
    for name, (verdict, subject, motive) in classes.items():
        own = posts[posts[column] == name]
        if own.empty:
            continue
        listed = "" if name == silent else f" : {_listed(own, write)}"
        cells: list[Cell] = [(year, "postes", column, name)]
        text = f"{_count(own, posts)}{listed}"
        rows.append(
            finding(
                f"{column}/{name}",
                column,
                subject,
                verdict,
                calculation=text,
                motive=motive,
                lines=own["ligne"],
                cells=cells,
            )
        )
    return rows
