"""The same work by DuckDB, as somebody who knows it would write it: ``yardstick_duckdb.py FOLDER``.

One pass reads the texts, joins each answer to the table of its spellings and stages it as ENUM, dates and years typed;
persons who come twice are found in the stage; what is kept goes to Parquet; every count is a GROUP BY of the stage.
"""

import sys
from pathlib import Path

import duckdb
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
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
REASONS = f"""case
    when annee is distinct from {YEAR} then 'annee'
    when debut_lu is not null and date_debut is null or fin_lue is not null and date_fin is null then 'date'
    when date_debut > '{YEAR}-12-31' or date_fin < '{YEAR}-01-01' or date_fin > '{YEAR}-12-31' then 'hors_annee'
    when date_fin < date_debut then 'ordre'
    when annee_naissance not between {YEAR - 25} and {YEAR - 6} then 'naissance'
    when uai is not null and uai[8] <> '{LETTERS}'[uai[:7]::integer % 23 + 1] then 'uai'
end"""
DERIVED = {
    "age": f"""case when annee_naissance is null then null when {YEAR} - annee_naissance <= 11 then '11_ou_moins'
        when {YEAR} - annee_naissance >= 16 then '16_ou_plus' else ({YEAR} - annee_naissance)::varchar end""",
    "nombre_d_objectifs": """case when objectifs is null then null when len(string_split(objectifs::varchar, ';')) >= 4
        then '4_ou_plus' else len(string_split(objectifs::varchar, ';'))::varchar end""",
    "demande_travaillee": f"""case when objectifs is null or demande_initiale is null
        or demande_initiale not in ({", ".join(f"'{each}'" for each in THEMES)}) then null
        when list_contains(string_split(objectifs::varchar, ';'), demande_initiale::varchar) then 'oui'
        else 'non' end""",
    "mois_d_ouverture": f"""case when year(date_debut) < {YEAR} then 'avant'
        else 'mois_' || strftime(date_debut, '%m') end""",
    "duree": f"""case when mois is null then null
        {" ".join(f"when mois < {most} then '{name}'" for name, most in MONTHS.items())} else '{LONGEST}' end""",
    "fin_dans_l_annee": "case when date_fin is null then 'non' else 'oui' end",
}


def months_of(day: str) -> str:
    """Days since year 0 if every month had 32: a difference divided by 32 is a number of complete months."""
    return f"((year({day}) * 12 + month({day})) * 32 + day({day}))"


def text(value: str) -> str:
    """A literal of SQL."""
    return "'" + value.replace("'", "''") + "'"


def stage(con: duckdb.DuckDBPyConnection, path: Path, mapping: dict[str, dict[str, str]]) -> None:
    """The table ``lues``: one row a row read, typed, with why it is out and which answers were written otherwise."""
    joins = []
    for column, means in mapping.items():
        values = ", ".join(map(text, dict.fromkeys(filter(None, means.values()))))
        con.execute(f"create type t_{column} as enum ({values})")
        rows = [f"({text(raw)}, nullif({text(value)}, ''), {raw != value})" for raw, value in means.items() if raw]
        con.execute(f"""
            create temp table m_{column} as
            select raw, value::t_{column} as value, other from (values {", ".join(rows)}) each(raw, value, other)
        """)
        joins.append(f"left join m_{column} on m_{column}.raw = brut.{column}")
    answers = ", ".join(f"m_{c}.value as {c}, coalesce(m_{c}.other, false) as autre_{c}" for c in mapping)
    options = "delim = ';', quote = '\"', header = true, all_varchar = true, nullstr = ''"
    con.execute(f"""
        create temp table lues as
        select * exclude (debut_lu, fin_lue), {REASONS} as motif from (
            select place, identifiant, try_cast(brut.annee as smallint) as annee, {", ".join(PLAIN)}, {answers},
                try_cast(brut.annee_naissance as smallint) as annee_naissance,
                brut.date_debut as debut_lu, brut.date_fin as fin_lue,
                try_strptime(brut.date_debut, '%d/%m/%Y')::date as date_debut,
                try_strptime(brut.date_fin, '%d/%m/%Y')::date as date_fin
            from (select row_number() over () as place, * from read_csv({text(str(path))}, {options})) brut
            {" ".join(joins)}
        )
    """)


def reject_twice(con: duckdb.DuckDBPyConnection, columns: list[str]) -> None:
    """Who comes twice: the same answers, one row is kept; others, none is."""
    con.execute(f"""
        create temp table doubles as
        with ids as (select identifiant from lues where motif is null group by identifiant having count(*) > 1),
        rows as (select * from lues semi join ids using (identifiant) where motif is null)
        select identifiant, min(place) as place, count(distinct ({", ".join(columns)})) = 1 as is_same
        from rows group by identifiant
    """)
    con.execute("""
        update lues set motif = case when is_same then 'double' else 'contradiction' end from doubles
        where lues.identifiant = doubles.identifiant and motif is null and not (is_same and lues.place = doubles.place)
    """)


def count(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Every count of the catalogue."""
    counts = Counts()
    fields = ", ".join(f"{sql} as {name}" for name, sql in DERIVED.items())
    con.execute(f"""
        create view personnes as select *, {fields} from (
            select *, ({months_of("coalesce(date_fin, last)")} - {months_of("date_debut")}) // 32 as mois
            from (select *, date '{YEAR}-12-31' as last from lues where motif is null))
    """)
    where = {name: f"{each[0]} = '{each[1]}'" if each else "true" for name, each in PERIMETERS.items()}

    def rows(fields: str, condition: str, group: str = "") -> list[tuple]:
        return con.execute(f"select {fields} from personnes where {condition} {group}").fetchall()

    for perimeter, condition in where.items():
        counts.total(perimeter, "accompagnements", rows("count(*)", condition)[0][0])
    for indicator, perimeters in MARGINS.items():
        for perimeter in perimeters:
            inside = where[perimeter] + (" and origine = 'college'" if indicator == OF_COLLEGE else "")
            counts.margin(perimeter, indicator, dict(rows(f"{indicator}::varchar, count(*)", inside, "group by 1")))
    for one, other in CROSSED:
        for perimeter in MARGINS[one]:
            pairs = rows(f"{one}::varchar, {other}::varchar, count(*)", where[perimeter], "group by 1, 2")
            counts.crossing(perimeter, (one, other), {(a, b): number for a, b, number in pairs})
    alses = where["alses"]
    counts.goals(rows("objectifs::varchar, demande_initiale::varchar, count(*)", alses, "group by 1, 2"))
    counts.lengths(rows("fin_dans_l_annee, mois, count(*)", alses, "group by 1, 2"))
    fields = {column: f"count({column})" for column in FILLED}
    (row,) = rows(", ".join([*fields.values(), "count(distinct uai)", "count(distinct association)"]), alses)
    for column, filled in zip(FILLED, row, strict=False):
        counts.cells[f"alses/colonne_remplie/{column}"] = filled
    counts.total("alses", "colleges_suivis", row[-2])
    counts.total("alses", "associations_suivantes", row[-1])
    return counts.cells


def main(folder: Path) -> None:
    """Reads, checks, cleans, saves and counts."""
    clock, mapping = Clock(), mapping_of(folder)
    con = duckdb.connect()
    stage(con, export_of(folder), mapping)
    clock.lap("lecture, nettoyage")
    columns = ["annee", *PLAIN, *mapping, "annee_naissance", "date_debut", "date_fin"]
    reject_twice(con, columns)
    others = [f"count_if(autre_{column})" for column in mapping]
    # An answer that the date contradicts, a person followed by nobody known, a number with leading zeros are noted too.
    noted = {
        "nouvel_accompagnement": f"nouvel_accompagnement = 'oui' and year(date_debut) < {YEAR}"
        f" or nouvel_accompagnement = 'non' and year(date_debut) = {YEAR}",
        "suivi_par": "suivi_par::varchar not in ('alses', 'autre_educateur')",
    }
    for column, condition in noted.items():
        others[list(mapping).index(column)] += f" + count_if({condition})"
    # A day that can be counted is written otherwise, year first.
    days = [
        f"count_if(date_debut <= '{YEAR}-12-31') as date_debut",
        f"count_if(date_fin between '{YEAR}-01-01' and '{YEAR}-12-31') as date_fin",
    ]
    # Noted of the persons who are kept; numbers are compared over all rows.
    written = con.execute(f"select {', '.join(others + days)} from lues where motif is null").fetchone()
    ledger = dict(zip([*mapping, "date_debut", "date_fin"], written, strict=True))
    (ledger["identifiant"],) = con.execute("select count_if(identifiant like '0_%') from lues").fetchone()
    rejections = dict(con.execute("select motif, count(*) from lues where motif is not null group by 1").fetchall())
    clock.lap("doubles, registre")
    kept = ", ".join(["identifiant", *columns])
    parquet, csv = (text(str(folder / f"duckdb.{suffix}")) for suffix in ("parquet", "csv"))
    con.execute(f"copy (select {kept} from lues where motif is null) to {parquet} (format parquet)")
    con.execute(f"copy (select {kept}, motif from lues where motif is not null) to {csv}")
    clock.lap("écriture")
    counts = count(con)
    clock.lap("comptes")
    finish(counts, ledger=ledger, rejections=rejections, phases=clock.phases)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
