"""The same work by Polars, as somebody who knows it would write it: ``yardstick_polars.py FOLDER``.

A lazy scan reads the texts, replaces each answer by its modality as Enum and types dates and years; the streaming
engine collects that once; persons who come twice are found in it; what is kept goes to Parquet, and every count is a
group_by of it, all collected together.
"""

import sys
from pathlib import Path

import polars as pl
from same_work import (
    CROSSED,
    FILLED,
    LONGEST,
    MARGINS,
    MONTHS,
    OF_COLLEGE,
    PERIMETERS,
    THEMES,
    YEAR,
    Clock,
    Counts,
    export_of,
    finish,
    mapping_of,
)

PLAIN = ["association", "territoire", "uai", "college"]
LETTERS = pl.Series(list("ABCDEFGHJKLMNPRSTUVWXYZ"))
FIRST, LAST = pl.date(YEAR, 1, 1), pl.date(YEAR, 12, 31)


def typed(folder: Path, mapping: dict[str, dict[str, str]]) -> pl.LazyFrame:
    """One row a row read, typed, with which answers were written otherwise."""
    lazy = pl.scan_csv(export_of(folder), separator=";", infer_schema=False)
    changed, fields = [], []
    for column, means in mapping.items():
        values = pl.Enum(list(dict.fromkeys(filter(None, means.values()))))
        known = {raw: value for raw, value in means.items() if raw}
        fields.append(pl.col(column).replace_strict(known, default=None, return_dtype=values))
        others = [raw for raw, value in known.items() if raw != value]
        changed.append(pl.col(column).is_in(others).fill_null(False).alias(f"autre_{column}"))
    return lazy.with_columns(
        *changed,
        *fields,
        *(pl.col(column).cast(pl.Categorical) for column in PLAIN),
        pl.col("annee", "annee_naissance").cast(pl.Int16, strict=False),
        pl.col("date_debut", "date_fin").is_not_null().name.suffix("_lue"),
        pl.col("date_debut", "date_fin").str.to_date("%d/%m/%Y", strict=False),
    )


def reason() -> pl.Expr:
    """Why a row is out by itself."""
    start, end, birth, uai = (pl.col(name) for name in ("date_debut", "date_fin", "annee_naissance", "uai"))
    unread = (pl.col("date_debut_lue") & start.is_null()) | (pl.col("date_fin_lue") & end.is_null())
    letter = uai.cast(pl.String).str.slice(7, 1)
    expected = uai.cast(pl.String).str.slice(0, 7).cast(pl.Int32, strict=False) % 23
    wrong = letter != expected.replace_strict(list(range(23)), LETTERS, default=None, return_dtype=pl.String)
    return (
        pl.when(pl.col("annee").ne_missing(YEAR)).then(pl.lit("annee"))
        .when(unread).then(pl.lit("date"))
        .when((start > LAST) | (end < FIRST) | (end > LAST)).then(pl.lit("hors_annee"))
        .when(end < start).then(pl.lit("ordre"))
        .when(~birth.is_between(YEAR - 25, YEAR - 6)).then(pl.lit("naissance"))
        .when(wrong).then(pl.lit("uai"))
    ).cast(pl.Categorical)  # fmt: skip


def with_twice(read: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Who comes twice: the same answers, one row is kept; others, none is."""
    good = read.with_row_index("place").lazy().filter(pl.col("motif").is_null())
    ids = good.group_by("identifiant").len().filter(pl.col("len") > 1).select("identifiant")
    twice = good.join(ids, on="identifiant", how="semi").collect(engine="streaming")
    versions, first = pl.struct(columns).n_unique().alias("versions"), pl.col("place").min().alias("first")
    out = (
        twice.select("place", "identifiant")
        .join(twice.group_by("identifiant").agg(versions, first), on="identifiant")
        .filter((pl.col("versions") > 1) | (pl.col("place") != pl.col("first")))
        .with_columns(motif=pl.when(pl.col("versions") > 1).then(pl.lit("contradiction")).otherwise(pl.lit("double")))
    )
    motifs = read["motif"].cast(pl.String).scatter(out["place"], out["motif"])
    return read.with_columns(motifs.cast(pl.Categorical).alias("motif"))


def months_of(day: pl.Expr) -> pl.Expr:
    """Days since year 0 if every month had 32: a difference divided by 32 is a number of complete months."""
    year, month = day.dt.year().cast(pl.Int32), day.dt.month().cast(pl.Int32)
    return (year * 12 + month) * 32 + day.dt.day()


def derived() -> list[pl.Expr]:
    """What is counted of dates, births and objectives."""
    age, month = YEAR - pl.col("annee_naissance"), pl.col("date_debut").dt.strftime("mois_%m")
    goals, request = pl.col("objectifs").cast(pl.String).str.split(";"), pl.col("demande_initiale").cast(pl.String)
    months = (months_of(pl.col("date_fin").fill_null(LAST)) - months_of(pl.col("date_debut"))) // 32
    length = goals.list.len()
    duration = pl.when(months.is_null()).then(None)
    for name, most in MONTHS.items():
        duration = duration.when(months < most).then(pl.lit(name))
    ages = pl.when(age <= 11).then(pl.lit("11_ou_moins")).when(age >= 16).then(pl.lit("16_ou_plus"))
    worked = pl.when(goals.is_null() | ~request.is_in(THEMES)).then(None).when(goals.list.contains(request))
    return [
        ages.otherwise(age.cast(pl.String)).alias("age"),
        pl.when(length >= 4).then(pl.lit("4_ou_plus")).otherwise(length.cast(pl.String)).alias("nombre_d_objectifs"),
        worked.then(pl.lit("oui")).when(request.is_not_null()).then(pl.lit("non")).alias("demande_travaillee"),
        pl.when(pl.col("date_debut").dt.year() < YEAR).then(pl.lit("avant")).otherwise(month).alias("mois_d_ouverture"),
        months.alias("mois"),
        duration.otherwise(pl.lit(LONGEST)).alias("duree"),
        pl.when(pl.col("date_fin").is_null()).then(pl.lit("non")).otherwise(pl.lit("oui")).alias("fin_dans_l_annee"),
    ]


def count(kept: pl.LazyFrame) -> dict[str, int]:
    """Every count of the catalogue."""
    counts, queries = Counts(), {}
    persons = kept.with_columns(derived())
    inside = {
        name: persons.filter(pl.col(each[0]) == each[1]) if each else persons for name, each in PERIMETERS.items()
    }
    alses = inside["alses"]
    for perimeter, frame in inside.items():
        queries["total", perimeter] = frame.select(pl.len())
    for indicator, perimeters in MARGINS.items():
        for perimeter in perimeters:
            asked = inside[perimeter]
            asked = asked.filter(pl.col("origine") == "college") if indicator == OF_COLLEGE else asked
            queries["margin", perimeter, indicator] = asked.group_by(indicator).len()
    for pair in CROSSED:
        for perimeter in MARGINS[pair[0]]:
            queries["crossing", perimeter, pair] = inside[perimeter].group_by(pair).len()
    queries["goals", "alses"] = alses.group_by("objectifs", "demande_initiale").len()
    queries["lengths", "alses"] = alses.group_by("fin_dans_l_annee", "mois").len()
    filled = {column: pl.col(column).count() for column in FILLED}
    queries["filled", "alses"] = alses.select(**filled)
    queries["sites", "alses"] = alses.select(pl.col("uai", "association").drop_nulls().n_unique())
    found = pl.collect_all(list(queries.values()), engine="streaming")
    for name, frame in zip(queries, found, strict=True):
        put(counts, name, frame)
    return counts.cells


def put(counts: Counts, query: tuple, frame: pl.DataFrame) -> None:
    """What a query found, under the names of our indicators."""
    match query:
        case "total", perimeter:
            counts.total(perimeter, "accompagnements", frame.item())
        case "margin", perimeter, indicator:
            counts.margin(perimeter, indicator, dict(frame.rows()))
        case "goals", _:
            counts.goals(frame.rows())
        case "lengths", _:
            counts.lengths(frame.rows())
        case "crossing", perimeter, pair:
            counts.crossing(perimeter, pair, {(a, b): number for a, b, number in frame.rows()})
        case "filled", perimeter:
            for column, number in frame.row(0, named=True).items():
                counts.cells[f"{perimeter}/colonne_remplie/{column}"] = number
        case "sites", perimeter:
            counts.total(perimeter, "colleges_suivis", frame["uai"][0])
            counts.total(perimeter, "associations_suivantes", frame["association"][0])


def main(folder: Path) -> None:
    """Reads, checks, cleans, saves and counts."""
    clock, mapping = Clock(), mapping_of(folder)
    read = typed(folder, mapping).with_columns(motif=reason()).collect(engine="streaming")
    clock.lap("lecture, nettoyage")
    columns = ["annee", *PLAIN, *mapping, "annee_naissance", "date_debut", "date_fin"]
    read = with_twice(read, columns)
    # A day that can be counted is written otherwise, year first.
    days = [(pl.col("date_debut") <= LAST).sum(), pl.col("date_fin").is_between(FIRST, LAST).sum()]
    others = [pl.col(f"autre_{column}").sum().alias(column) for column in mapping]
    # An answer that the date contradicts, a person followed by nobody known, a number with leading zeros are noted too.
    new, started = pl.col("nouvel_accompagnement").cast(pl.String), pl.col("date_debut").dt.year()
    is_against = ((new == "oui") & (started < YEAR)) | ((new == "non") & (started == YEAR))
    is_alone = ~pl.col("suivi_par").cast(pl.String).is_in(["alses", "autre_educateur"])
    noted = {"nouvel_accompagnement": is_against, "suivi_par": is_alone}
    more = [each.sum().alias(f"noted_{column}") for column, each in noted.items()]
    # Noted of the persons who are kept; numbers are compared over all rows.
    ledger = read.filter(pl.col("motif").is_null()).select(*others, *days, *more).row(0, named=True)
    ledger["identifiant"] = read.select(pl.col("identifiant").str.contains("^0.").sum()).item()
    for column in noted:
        ledger[column] += ledger.pop(f"noted_{column}")
    out = read.filter(pl.col("motif").is_not_null()).select("identifiant", *columns, "motif")
    rejections = dict(out["motif"].cast(pl.String).value_counts().rows())
    clock.lap("doubles, registre")
    kept = read.lazy().filter(pl.col("motif").is_null()).select("identifiant", *columns)
    # As the two others compress it, and without the bounds that nobody asks for.
    kept.sink_parquet(folder / "polars.parquet", compression="snappy", statistics=False, engine="streaming")
    out.write_csv(folder / "polars.csv")
    clock.lap("écriture")
    counts = count(kept)
    clock.lap("comptes")
    finish(counts, ledger=ledger, rejections=rejections, phases=clock.phases)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
