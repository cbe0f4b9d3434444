"""What may be shown of a year's records: protected, tested, and kept so that corrections can be compared."""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import data, paths
from helpers.clean import OUT_OF_YEAR
from helpers.disclosure import intruder_model, intruder_test, network_cells, rounding
from helpers.disclosure.rounding import list_sites
from helpers.indicators import clusters
from helpers.indicators.persons import MONTHS, published_answers
from helpers.schema import (
    FEWEST_ASSOCIATIONS,
    FEWEST_PERSONS,
    FROM_RECORDS,
    NORTH_FROM_DEG,
    ROUNDING_BASE,
    TERRITORIES,
    TERRITORY_MARK,
    DataError,
    apply_schema,
    catalogue,
    columns,
)
from helpers.system import atomic_write, make_private

# --- Sites with a report, under registered names: no free text of an export leaves ---


def name_sites(year: int, counts: pd.DataFrame) -> pd.DataFrame:
    """The sites of a year and their names (schema ``sites``); ``counts`` has the schema ``comptes_par_site``.

    An association outside the register is left out: its name is free text of the export. A collège that the register
    does not know is named by its UAI, whose form is checked. Simulated records name nobody: all their sites are kept.
    """
    sites, colleges = list_sites(counts), data.read_reference("colleges")
    is_association = sites["site_type"].eq("association")
    registered = set(data.read_reference("associations")["association"])
    registered |= set(sites.loc[is_association, "site"]) if _is_simulated(year) else set()
    names = {row.uai: f"{row.nom_officiel}, {row.commune}" for row in colleges.itertuples()}
    names |= {code: name for division in TERRITORIES.values() for code, name in division.items()}
    known = sites["site"].map(lambda site: names.get(site, f"Collège {site}"))
    sites = sites.assign(annee=year, dossier="", nom=known.mask(is_association, sites["site"]))
    sites["association"] = sites["association"].where(sites["association"].isin(registered), "")
    sites = sites.loc[~is_association | sites["site"].isin(registered), columns("sites")]
    return apply_schema(sites, "sites").reset_index(drop=True)


# --- Territories: the ways to divide the collèges ---

_TERRITORY = "territoire"
# What is published without any report of a site.
_WITH_NETWORK = ("reseau", _TERRITORY)


def with_territories(counts: pd.DataFrame, *, before: Collection[str] = ()) -> pd.DataFrame:
    """The counts by site (schema ``comptes_par_site``) with the territories of each collège (column ``territoire``).

    REP+, REP or neither, north or south, by the register: a collège that it does not know is in none. New or older, by
    the collèges that had persons the year ``before``: neither where that is not known.
    """
    colleges = data.read_colleges(counts["uai"].unique())
    ranks, latitudes = colleges["education_prioritaire_2024_25"], colleges["latitude_deg"]
    known = {uai: [rank or "hors_ep"] for uai, rank in zip(colleges["uai"], ranks.fillna(""), strict=True)}
    for uai, latitude in zip(colleges["uai"], latitudes, strict=True):
        known[uai] += [] if pd.isna(latitude) else ["nord" if latitude >= NORTH_FROM_DEG else "sud"]
    if before:
        for uai in {*counts["uai"]} - {""}:
            known[uai] = [*known.get(uai, []), "ancien" if uai in before else "nouveau"]
    names = [TERRITORY_MARK.join(known.get(uai, [])) for uai in counts["uai"]]
    return counts.assign(**{_TERRITORY: names})


def _site_counts(year: int) -> pd.DataFrame:
    """The exact counts by site of a year, with the territories of its collèges."""
    # A collège of real persons is not new because last year's were invented.
    is_alike = _is_simulated(year - 1) == _is_simulated(year)
    before = {*data.load_site_counts(year - 1)["uai"]} - {""} if is_alike else ()
    return with_territories(data.load_site_counts(year), before=before)


# --- Releases that are kept: the difference of two releases is a table like another ---

# Each different release has a file of answers, named by the checksum of what it holds.
_KEY, _ANSWERS = "cle.bin", "reponses_{}.parquet"
# What version 0.8 kept of the last release: a hash a person, which does not say whose answers change.
_ROWS = "lignes.npy"
_PERIMETER, _SHARED = "perimetre", "alses"
# Odd, so that multiplication modulo 2**64 is one-to-one (Knuth's multiplicative hashing).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def _is_simulated(year: int) -> bool:
    return data.simulated_exports(year) == paths.exports(year)


def _answers_of(year: int) -> pd.DataFrame:
    """The published answers of a year: a row for each person and each perimeter that counts her (``perimetre``).

    The perimeter « alses 2020 » holds the persons followed by an ALSES that year too, with their answers of then: the
    report compares both years. No identifier; rows are in the order of their hashes.
    """
    persons = data.load_records(year)
    own = published_answers(persons)
    tables = {**own}
    for earlier in (each for each in paths.exported_years() if each < year and not _is_simulated(each)):
        others = data.load_records(earlier)
        now, then = own[_SHARED], published_answers(others)[_SHARED]
        here, there = persons.shared(now.index.to_numpy(), others, then.index.to_numpy())
        before = then.loc[there].add_suffix(f"_{earlier}").set_axis(here)
        tables[f"{_SHARED} {earlier}"] = now.loc[here].join(before)
    answers = _stacked(tables)
    return answers.iloc[np.argsort(_hashes(answers), kind="stable")].reset_index(drop=True)


def _stacked(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The tables concatenated, with shared categories in each column: texts would take far more memory."""
    named = [table.assign(**{_PERIMETER: pd.Categorical([name] * len(table))}) for name, table in tables.items()]
    words: dict[str, set] = {}
    for table in named:
        for column in table:
            words.setdefault(column, set()).update(table[column].cat.categories)
    kinds = {column: pd.CategoricalDtype(sorted(known)) for column, known in words.items()}
    return pd.concat([table.reindex(columns=list(kinds)).astype(kinds) for table in named], ignore_index=True)


def _hashes(table: pd.DataFrame) -> np.ndarray:
    """A hash for each row, the same for the same answers."""
    hashes = np.zeros(len(table), dtype=np.uint64)
    for column in sorted(table.columns):
        places, words = pd.factorize(table[column])  # a missing answer is -1: the last
        texts = np.array([*(f"{column}={word}" for word in words), f"{column} ?"], dtype=object)
        hashes = hashes * _SPREAD + pd.util.hash_array(texts, categorize=False)[places]
    return hashes


def _name_of(answers: pd.DataFrame) -> str:
    seal = hashlib.sha256("\0".join(sorted(answers.columns)).encode() + np.sort(_hashes(answers)).tobytes())
    return _ANSWERS.format(seal.hexdigest()[:16])


def _read_answers(path: Path) -> pd.DataFrame:
    try:
        answers = pd.read_parquet(path)
        is_whole = _name_of(answers) == path.name
    except (OSError, ValueError, KeyError):
        is_whole = False
    if not is_whole:
        raise DataError(
            f"{paths.relative(path)} est abîmé : on ne peut plus comparer l’export au rapport publié. Remettez ce "
            f"fichier d’une sauvegarde ; {_if_unread(path.parent)}"
        )
    return answers


def changed_persons(kept: pd.DataFrame, now: pd.DataFrame) -> int:
    """How many persons two releases describe otherwise: came or left, whichever are more, in the worst perimeter.

    Only questions (columns) and perimeters that both have are compared: nothing can be subtracted from the others.

    >>> avant = pd.DataFrame({"perimetre": "alses", "sexe": ["filles", "filles", "garcons"]})
    >>> apres = pd.DataFrame({"perimetre": "alses", "sexe": ["filles", "garcons", "garcons", "garcons"]})
    >>> changed_persons(avant, apres)
    2
    """
    columns = sorted(set(kept) & set(now))
    most = 0
    for perimeter in sorted(set(kept[_PERIMETER]) & set(now[_PERIMETER])):
        pair = (_hashes(table.loc[table[_PERIMETER].eq(perimeter), columns]) for table in (now, kept))
        after, before = (pd.Series(hashes).value_counts() for hashes in pair)
        moved = after.sub(before, fill_value=0).astype(int)
        most = max(most, int(moved.clip(lower=0).sum()), -int(moved.clip(upper=0).sum()))
    return most


def release_key(year: int) -> bytes:
    """What breaks ties between roundings: the key of the first release, else a hash of the export.

    Keeping the key keeps what did not change as it was shown; the published checksum does not reveal it.
    """
    kept = paths.released(year) / _KEY
    if kept.is_file() and not _is_simulated(year):
        return kept.read_bytes()
    key = hashlib.blake2b(person=b"alses-arrondi", digest_size=32)
    for path in paths.exports(year):
        with path.open("rb") as file:
            key.update(hashlib.file_digest(file, lambda: hashlib.blake2b(person=b"alses-export")).digest())
    return key.digest()


def require_same_answers(year: int) -> None:
    """Checks that no published answer differs from those of the releases kept: a correction waits.

    One release a year. Eleven changed persons would not be enough: when ten answers to one question are corrected and
    one pupil is added, the difference of two reports is this pupil alone in every other question. Raises DataError
    with the number of persons whose answers differ; or for a release of version 0.8.
    """
    folder = paths.released(year)
    kept = sorted(folder.glob(_ANSWERS.format("*")))
    if not (kept or (folder / _ROWS).is_file()) or not paths.exports(year) or _is_simulated(year):
        return
    if not kept:
        raise DataError(
            f"Le rapport de {year} a été fait par la version 0.8, qui ne gardait pas de quoi compter les personnes "
            "dont les réponses changent : il ne peut pas être refait, et celui qui est publié reste en place ; "
            f"{_if_unread(folder)}"
        )
    now = _answers_of(year)
    changed = {path: changed_persons(before, now) for path in kept for before in [_read_answers(path)]}
    # Version 0.9 let two releases of a year differ: what is all in one of them tells nothing more.
    if any(changed.values()) and not any(not count and _is_within(now, path) for path, count in changed.items()):
        count = max(changed.values())
        raise DataError(
            f"L’export de {year} change les réponses publiées de {count} personne{'s' if count > 1 else ''} : cette "
            "correction attend. Le rapport d’une année d’export ne se fait qu’une fois, car comparer deux rapports "
            "montrerait les personnes corrigées ; celui qui est publié reste en place. Remettez l’export d’alors, et "
            f"gardez l’export corrigé hors de {paths.relative(paths.raw(year))} ; {_if_unread(folder)}"
        )


def _is_within(now: pd.DataFrame, path: Path) -> bool:
    """Whether a release kept has every question and every perimeter of this one; 0.9 kept no exact durations."""
    before = _read_answers(path)
    asked = {column for column in now if not column.startswith(MONTHS)}
    return asked <= set(before) and set(now[_PERIMETER]) <= set(before[_PERIMETER])


def _if_unread(folder: Path) -> str:
    return f"si personne n’a reçu ce rapport, supprimez le dossier {paths.relative(folder)}, puis relancez."


def keep_release(year: int) -> Path | None:
    """Keeps what is released of a year's records; gives its private folder, None without a real export."""
    if not paths.exports(year) or _is_simulated(year):
        return None
    folder, key = make_private(paths.released(year)), release_key(year)
    answers = _answers_of(year)
    if not (folder / _name_of(answers)).is_file():
        with atomic_write(folder / _name_of(answers)) as beside:
            answers.to_parquet(beside, index=False)
    (folder / _ROWS).unlink(missing_ok=True)
    with atomic_write(folder / _KEY) as beside:
        beside.write_bytes(key)
    with paths.with_data_root(paths.shareable()):
        tables = [paths.processed(year) / f"{name}.csv" for name in ("indicateurs", "indicateurs_des_sites", "sites")]
    for table in tables:
        with atomic_write(folder / table.name) as beside:
            beside.write_bytes(table.read_bytes())
    return folder


def kept_rows(year: int, exact: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame | None:
    """The protected rows (schema ``indicateurs``) of the release kept, if they are true of these exact tables.

    Two roundings of one count, by two versions of the program, leave fewer values than either: what was shown is shown
    again. ``exact`` has the schema ``indicateurs``, ``counts`` the schema ``comptes_par_site``. None without a release.
    Raises DataError when an older version left the network exact and few associations make it up.
    """
    folder = paths.released(year)
    tables = [folder / f"{name}.csv" for name in ("indicateurs", "indicateurs_des_sites")]
    if _is_simulated(year) or not all(path.is_file() for path in tables):
        return None
    texts = [pd.read_csv(path, dtype="str", keep_default_na=False) for path in tables]
    rows = apply_schema(pd.concat(texts, ignore_index=True), "indicateurs")
    rows = rows[rows["source"].isin(FROM_RECORDS) & rows["unite"].eq("personnes")]
    network, names = rows[rows["site_type"].eq("reseau")], ["perimetre", *rounding.CELL]
    now, before = ({*table[names].itertuples(index=False, name=None)} for table in (exact, network))
    model = intruder_model.Model(intruder_model.Truth(counts, exact), intruder_model.rows_of(rows, year), year)
    is_of_territory = [f" : {_TERRITORY} " in told for told in model.contradictions]
    if rows.empty or not all(is_of_territory) or not before <= now:
        return None
    if any(is_of_territory):  # the register divides the collèges otherwise today
        rows = rows[rows["site_type"].ne(_TERRITORY)]
    is_size = network["indicateur"].eq("accompagnements") & network["perimetre"].eq("alses")
    if network.loc[is_size, "effectif_arrondi"].isna().any() and network_cells.has_few_associations(counts):
        raise DataError(
            f"Le rapport de {year}, fait par une version antérieure, donne les nombres exacts du réseau ; avec moins "
            f"de {FEWEST_ASSOCIATIONS} associations, chacune y lit les autres en soustrayant ses dossiers, et un "
            "rapport arrondi ne l’effacerait pas : celui qui est publié reste en place. Pour le remplacer, retirez-le "
            f"de chez ceux qui l’ont reçu, supprimez le dossier {paths.relative(folder)}, puis relancez."
        )
    # Public rows are those of today.
    return apply_schema(pd.concat([exact[~network_cells.is_counted(exact)], rows], ignore_index=True), "indicateurs")


# --- Round, run the intruder test, force or round what it finds, until it finds nothing ---

_LEVELS = ["reseau", *rounding.LEVELS]
# The first test nearly always passes; what needs more rounds than this is not a matter of rounding.
_ROUNDS = 24
# How many draws are tried before network cells are rounded, and with territories before they are left out.
_DRAWS = 3


def protect_from_attack(
    indicators: pd.DataFrame, counts: pd.DataFrame, sites: pd.DataFrame, *, key: bytes, witnesses: list | None = None
) -> pd.DataFrame:
    """The protected indicators (schema ``indicateurs``) in which the intruder test finds no small count.

    As `rounding.protect`. Counts that the test finds get a forced rounding direction; failing that, ties are drawn
    anew; then territories are left out; then the network cells that reveal counts are rounded. The ``witnesses`` of the
    test are added to the list. Raises DataError when the test still finds one after many rounds.
    """
    witnesses = [] if witnesses is None else witnesses
    is_territory = sites["site_type"].eq(_TERRITORY)
    if sites.loc[is_territory, "est_publie"].any():
        with suppress(DataError):
            return _protected((indicators, counts, sites), key, witnesses, rounds=_DRAWS)
    counts = counts.drop(columns=_TERRITORY, errors="ignore")
    return _protected((indicators, counts, sites[~is_territory]), key, witnesses, rounds=_ROUNDS)


def _protected(tables: tuple, key: bytes, witnesses: list[np.ndarray], *, rounds: int) -> pd.DataFrame:
    also, turned, blocked, draw = set(), set(), set(), key
    truth = intruder_model.Truth(tables[1], tables[0])
    for rank in range(rounds):
        protected, kept = _rounded(tables, draw, also, turned)
        # What cannot be forced is not asked again, until more network cells are rounded.
        blocked, turned = blocked | turned - kept, kept
        refused = _refused(protected, truth, witnesses)
        if not refused:
            return protected
        # In order of cost: a forced direction, another draw, network cells that lose their exact value.
        if more := _directions(refused, turned | blocked):
            turned |= more
        elif rank >= _DRAWS and (more := _to_round(refused, protected, also)):
            also, blocked = also | more, set()
        else:
            draw = hashlib.blake2b(draw, salt=rank.to_bytes(2, "big")).digest()
    raise DataError(f"La protection n’aboutit pas, rien n’est publié. {refused[0].sentence}")


def _rounded(tables: tuple, key: bytes, also: set, turned: set) -> tuple[pd.DataFrame, set]:
    """The tables rounded with the forced directions, and these; without any, if no rounding has them all."""
    if turned:
        with suppress(DataError):
            return rounding.protect(*tables, key=key, also=also | turned), turned
    return rounding.protect(*tables, key=key, also=also), set()


def _refused(
    indicators: pd.DataFrame, truth: intruder_model.Truth, witnesses: list[np.ndarray]
) -> list[intruder_test.Finding]:
    """The findings that refuse the tables, published with site pages or for the network alone."""
    alone = indicators[indicators["site_type"].isin(_WITH_NETWORK)]
    # Without those of associations beside them, rounded cross-tabulations of the network are read otherwise.
    has_rounded = (alone["croise_avec"].ne("") & alone["precision"].eq("arrondi_secret")).any()
    every = tuple(intruder_test.SCENARIOS)
    # An association's records are tried once: with the tables of all sites, which tell it most.
    tries = [(indicators, every), (alone, tuple(state for state in every if state != intruder_test.OWN))]
    for table, states in tries if has_rounded else tries[:1]:
        if refused := intruder_test.try_tables(table, truth, scenarios=states, witnesses=witnesses).findings:
            return refused
    return []


def _directions(
    refused: Iterable[intruder_test.Finding], asked: set[rounding.ForcedRounding]
) -> set[rounding.ForcedRounding]:
    """New forced rounding directions, at the widest level of each answer; those ``asked`` before are left out.

    Up where a known pupil of each collège makes up all of a count, or the records of an association all of the
    network's but one; down where the true network row leaves a count nowhere to be but at the site that shows it.
    """
    is_up = {intruder_test.PUPIL: True, intruder_test.OWN: True, intruder_test.ROW: False}
    turns: dict[tuple, rounding.ForcedRounding] = {}
    for finding in refused:
        cell = finding.cell
        if cell and finding.scenario in is_up and (cell.perimetre, cell.croise_avec) == ("alses", ""):
            site = ("reseau", "") if finding.scenario == intruder_test.OWN else cell[2:4]
            turn = rounding.ForcedRounding(*site, cell.indicateur, cell.modalite, is_up[finding.scenario])
            if turn.site_type in _LEVELS:
                turns[turn[2:]] = min(turns.get(turn[2:], turn), turn, key=lambda each: _LEVELS.index(each.site_type))
    seen, entries = {before[:4] for before in asked}, catalogue().indicators
    # Those who are asked first: two answers of four persons go up together only if these do.
    bases = {turn: (entries[name].base_of(answer) or "").partition("/") for (name, answer, _), turn in turns.items()}
    return {turn for turn, base in bases.items() if (*base[::2], turn.is_up) not in turns and turn[:4] not in seen}


def _to_round(refused: Iterable[intruder_test.Finding], shown: pd.DataFrame, also: set[tuple]) -> set[tuple]:
    """The next exact network cells to round: the cell that is found, else its question, else all of them."""
    rows = shown[network_cells.is_counted(shown) & shown["croise_avec"].eq("") & shown["effectif_arrondi"].isna()]
    exact = set(network_cells.cells_of(rows)) - also
    more: set[tuple] = set()
    for cell in (finding.cell for finding in refused if finding.cell):
        if cell.croise_avec and (pair := (cell.indicateur, cell.croise_avec)) not in also:
            more.add(pair)
        else:
            own = {each for each in exact if each[1:] == (cell.indicateur, cell.modalite)}
            more |= own or {each for each in exact if each[1] == cell.indicateur}
    return more or exact


# --- The last check before a release: the intruder test, from its files alone ---


def audit_release(folder: Path, years: list[int]) -> intruder_test.IntruderResult | None:
    """What a reader of the folder can find again about the persons of these years; None without records.

    The witnesses found while each year was protected are tried on the published numbers: only the rest is sought.
    """
    counted = [year for year in years if paths.exports(year)]
    if not counted:
        return None
    exact = [[_site_counts(year), data.load(year, "indicateurs")] for year in counted]
    truth = intruder_model.Truth(*(pd.concat(each, ignore_index=True) for each in zip(*exact, strict=True)))
    return intruder_test.try_folder(
        folder, truth, witnesses=[each for year in counted for each in data.load_witnesses(year)]
    )


# --- A year's protected aggregates, in the data root of 02, 03 and 04 ---

# All that 02, 03 and 04 read of a year. What is not named here stays where persons are.
_PUBLIC = ("postes", "reunions", "enonces", "controles", "codages", "citations")
# Persons of two years, and intraclass correlations: estimated from the protected cells of collèges.
_ESTIMATED = ("recouvrements", "grappes")
_WHOLE = "ensemble"


@dataclass(frozen=True)
class Aggregates:
    """The files that were read and written, and what to say of the protection."""

    read: list[Path]
    written: list[Path]
    told: str


def protect_year(year: int) -> Aggregates:
    """Writes what 02, 03 and 04 may see of a year, from the tables of 01 (schema ``indicateurs`` and the others).

    Published values, posts, meetings, statements, counts of codings and the quotations that a person chose are public
    and pass unchanged. Counts of persons are rounded together, at every level. Raises DataError when 01 has not run for
    this year, no rounding can be found, or an answer changed since a release.
    """
    require_same_answers(year)
    exact, counts = data.load(year, "indicateurs"), _site_counts(year)
    sites = name_sites(year, counts)
    rows, told = kept_rows(year, exact, counts), f"{year} : les effectifs déjà publiés sont repris tels quels"
    if rows is None:
        witnesses, told = [], ""
        rows = protect_from_attack(exact, counts, sites, key=release_key(year), witnesses=witnesses)
        data.save_witnesses(year, witnesses)
    else:
        released = pd.read_csv(paths.released(year) / "indicateurs_des_sites.csv", usecols=["site_type"])
        if released["site_type"].eq(_TERRITORY).any() and not rows["site_type"].eq(_TERRITORY).any():
            told += ", sans les territoires : le registre des collèges les divise autrement depuis"
    is_told = sites["site"].isin(rows.loc[rows["site_type"].eq(_TERRITORY), "site"])
    sites["est_publie"] &= sites["site_type"].ne(_TERRITORY) | is_told
    is_network = rows["site_type"].eq("reseau")
    tables = {name: data.load(year, name) for name in _PUBLIC}
    tables |= {"recouvrements": _overlaps(year, rows, sites), "grappes": _correlations(year, rows)}
    tables |= {"normalisations": round_changes(data.load(year, "normalisations"))}
    tables |= {"indicateurs": rows[is_network], "indicateurs_des_sites": rows[~is_network], "sites": sites}
    folder = paths.processed(year)
    private = [paths.processed(each) / "prive/comptes_par_site.csv" for each in (year - 1, year)]
    private += paths.exports(year)
    read = [folder / f"{name}.csv" for name in (*_PUBLIC, *_ESTIMATED, "normalisations", "indicateurs")]
    read += [*data.shareable_inputs(year), *(path for path in private if path.is_file())]
    with paths.with_data_root(paths.shareable()):
        names = ("indicateurs_des_sites", "sites")
        read += [paths.processed(each) / f"{name}.csv" for each in _years_before(year) for name in names]
    return Aggregates(read, data.save_shareable(year, tables), told)


def round_changes(ledger: pd.DataFrame) -> pd.DataFrame:
    """The persons whose dates are out of the year (schema ``normalisations``): one row, rounded, 1 for fewer than five.

    >>> ledger = pd.DataFrame({"fichier": "a.csv", "regle": [*clean.OUT_OF_YEAR, "autre"], "lignes": [9, 4, 60]})
    >>> round_changes(ledger)[["fichier", "lignes"]].to_numpy().tolist(), len(round_changes(ledger.tail(1)))
    ([['', 15]], 0)
    """
    told = ledger[ledger["regle"].isin(OUT_OF_YEAR)]
    count = int(told["lignes"].sum())
    count = ROUNDING_BASE * round(count / ROUNDING_BASE) if count >= FEWEST_PERSONS else 1
    return told.head(1).assign(fichier="", lignes=count)


def _years_before(year: int) -> list[int]:
    return [each for each in paths.exported_years() if each < year]


def _overlaps(year: int, protected: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """What two years share (schema ``recouvrements``): nothing that is computed from it tells an exact small count.

    The cells that are rounded in a year are left out; persons of both years are rounded; standard errors, and collèges
    that entered or left, come from the protected cells of collèges.
    """
    with paths.with_data_root(paths.shareable()):
        names = ("indicateurs", "indicateurs_des_sites")
        before = {each: [data.load(each, name) for name in names] for each in _years_before(year)}
        listed = {year: sites} | {each: data.load(each, "sites") for each in before}
    shown = {year: protected} | {each: pd.concat(tables, ignore_index=True) for each, tables in before.items()}
    rounded: set[network_cells.Cell] = set()
    for table in shown.values():
        is_rounded = table["precision"].eq("arrondi_secret") & table["site_type"].eq("reseau")
        rounded.update(network_cells.cells_of(table[is_rounded]))
    exact = data.load(year, "recouvrements")
    is_exact = [cell not in rounded for cell in network_cells.cells_of(exact)]
    exact = exact[np.array(is_exact, dtype=bool)]
    is_whole = exact["population"].eq(_WHOLE)
    compared = {year, *exact.loc[is_whole, "annee_anterieure"]}
    published = {each: shown[each] for each in compared}
    errors = clusters.errors_of_sites(exact[is_whole], published)
    known = {each: set(own.loc[own["site_type"].eq("college"), "site"]) for each, own in listed.items()}
    kinds = clusters.kinds_of_sites(exact[is_whole], published, known)
    shared = round_shared_persons(exact[exact["population"].eq(_SHARED_PERSONS)], key=release_key(year))
    return apply_schema(pd.concat([shared, kinds, errors], ignore_index=True), "recouvrements")


_SHARED_PERSONS = "personnes_communes"
_COUNTED_TWICE = ["effectif", "effectif_anterieur", "effectif_deux_fois"]


def round_shared_persons(rows: pd.DataFrame, *, key: bytes) -> pd.DataFrame:
    """The persons of both years (schema ``recouvrements``), as a table of four multiples of the base for each answer.

    Who answers so both years, the second only, the first only, or neither. An answer whose table is not known is left
    out: nothing is computed from it.
    """
    found = []
    for row in rows[rows["effectif_deux_fois"].notna()].to_dict("records"):
        now, before, both = (int(row[name]) for name in _COUNTED_TWICE)
        persons = int(row["base"])
        cells = np.array([both, now - both, before - both, persons - now - before + both])
        names = [f"{row['annee_anterieure']} {row['indicateur']}/{row['modalite']} {rank}" for rank in range(4)]
        # The nearest multiple of all: as many cells go up as it takes, those above first, so that each stays adjacent.
        low, over = np.divmod(cells, ROUNDING_BASE)
        order = np.lexsort([rounding.random_draws(names, key), -over])
        low[order[: round(persons / ROUNDING_BASE) - low.sum()]] += 1
        shown, size = ROUNDING_BASE * low, int(ROUNDING_BASE * low.sum())
        counts = dict(zip(_COUNTED_TWICE, (shown[0] + shown[1], shown[0] + shown[2], shown[0]), strict=True))
        found.append(row | counts | {"base": size, "base_anterieure": size})
    return pd.DataFrame(found, columns=rows.columns)


def _correlations(year: int, protected: pd.DataFrame) -> pd.DataFrame:
    """The intraclass correlations (schema ``grappes``), from the protected cells of collèges alone."""
    exact = data.load(year, "grappes")
    return exact if exact.empty else clusters.estimate_of_sites(protected, year=year, source=exact["source"].iloc[0])
