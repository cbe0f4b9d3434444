"""Personal data in texts: the pseudonyms that replace names, and what may be quoted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import pandas as pd

from helpers.codings.agreement import gather
from helpers.codings.counts import meetings, merged, place, text_at, texts_of, word_count
from helpers.codings.model import Document, Project, code_labels
from helpers.codings.safe_files import unknown
from helpers.schema import FEWEST_PERSONS
from helpers.typography import fold

# --- What looks like a mail, a telephone, a number of a person or a date of birth, whoever it is of ---

# A space of any kind, a dot, a dash, a stroke: what people put between the figures of a number.
_GAP = r"[^\S\n]{0,2}[.\-‐‑–/]?[^\S\n]{0,2}"
_PART = r"[^\s@<>()\[\]«»,;:\"]"
_MAIL = re.compile(rf"{_PART}{{1,64}}\s?@\s?{_PART}{{1,200}}\.[^\W\d_]{{2,20}}")
_IDENTIFIERS = (
    # The number of social security, spaced or not, with or without its key.
    re.compile(
        rf"(?<!\d)[12]{_GAP}\d\d{_GAP}[0-9]\d{_GAP}[0-9][0-9AaBb]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)"
    ),
    # The national number of a pupil: nine figures and two letters, ten and one; any longer run is of somebody too.
    re.compile(r"(?<![^\W_])\d{9}(?:\d?[A-Za-z]|[A-Za-z]{2})(?![^\W_])"),
)
_LONG_RUN = re.compile(r"(?<![^\W_])\d{9,}(?![^\W_])")
# Ten figures from 0, however they are set apart; a date and what follows it are no telephone.
_PHONES = (
    re.compile(rf"(?<!\w)(?:\+|00)\d{{1,3}}(?:{_GAP}[()]?{_GAP}\d){{7,12}}(?!\d)"),
    re.compile(rf"\(0\d\)(?:{_GAP}\d){{8}}(?!\d)"),
    re.compile(
        rf"(?<![\w+])(?<!\d[/.\-])(?!\d\d?[/.\-]\d\d?[/.\-](?:19|20)\d\d(?!\d))(?:0|\(0\))(?:{_GAP}\d){{9}}(?!\d)"
    ),
)
_MONTHS = "janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|sept|oct|nov|déc|dec"
_DATE = re.compile(
    rf"(?<!\d)(?:\d{{1,2}}\s?[/.\-]\s?\d{{1,2}}\s?[/.\-]\s?(?P<a>\d{{4}}|\d\d)"
    rf"|(?P<b>\d{{4}})-\d\d-\d\d"
    rf"|\d{{1,2}}(?:er)?\s+(?:{_MONTHS})[^\W\d_]*\.?\s+(?P<c>\d{{4}}))(?!\d)",
    re.IGNORECASE,
)
# « né le », « née en », « née à Lille le », « date de naissance : », « DDN ».
_BORN = re.compile(
    r"\b(?:née?s?|né\(e\)|né[·.\-]e|naissance|naiss\.?|DDN)(?![^\W_])[^\n.;]{0,40}?(?P<when>(?<!\d)\d[^\n;,)]{0,25}\d)",
    re.IGNORECASE,
)
_YEAR_ALONE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# Whoever is in a collège is nine at least: a full date so old is that of a birth, not of a meeting.
_YOUNGEST = 9


def mails(text: str, count: Callable[[str], str]) -> str:
    """The text with each address replaced by what ``count`` gives for its kind.

    >>> mails("Écrire à z.durand@college.exemple.fr.", "[{}]".format)
    'Écrire à [courriel].'
    """
    return _MAIL.sub(lambda _: count("courriel"), text)


def identifiers(text: str, count: Callable[[str], str]) -> str:
    """The text where numbers of persons, then telephones, are what ``count`` gives for their kind.

    >>> identifiers("Son INE est 123456789AB, au 06 12 34 56 78.", "[{}]".format)
    'Son INE est [identifiant], au [téléphone].'
    """
    for pattern in _IDENTIFIERS:
        text = pattern.sub(lambda _: count("identifiant"), text)
    for pattern in _PHONES:
        text = pattern.sub(lambda _: count("téléphone"), text)
    return _LONG_RUN.sub(lambda _: count("identifiant"), text)


def birth_dates(text: str, year: int, count: Callable[[str], str]) -> str:
    """The text where a date after « né le » and the like, or one nine years before ``year`` or older, is replaced.

    >>> birth_dates("Le 12/03/2021, une élève née en 2008.", 2021, "[{}]".format)
    'Le 12/03/2021, une élève née en [date de naissance].'
    """

    def born(found: re.Match) -> str:
        start = found.start("when") - found.start()
        head, tail = found[0][:start], found[0][start:]
        new = _DATE.sub(lambda _: count("date de naissance"), tail, count=1)
        if new == tail:
            new = _YEAR_ALONE.sub(lambda _: count("date de naissance"), tail, count=1)
        return head + new

    def old(found: re.Match) -> str:
        written = found["a"] or found["b"] or found["c"]
        full = int(written) + (0 if len(written) == 4 else 2000 if int(written) + 2000 <= year + 1 else 1900)
        return count("date de naissance") if full <= year - _YOUNGEST else found[0]

    return _DATE.sub(old, _BORN.sub(born, text))


# --- The names of a year, and the mark that each one gets everywhere: those of a list, and those that follow a
# --- title

# Marks are single characters that no text has until all is replaced: nothing of a mark is then taken for a name.
_FIRST_MARK, _LAST_MARK = 0xF0000, 0xFFFFD
# Characters that are not seen, and cut a name or a number in two.
_UNSEEN = re.compile(f"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_SPACE = r"[^\S\n]{1,3}"
_ONE = (
    r"[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MONSIEUR|MADAME|MADEMOISELLE|M\.|M|Mr\.?|[Mm]me\.?|MME\.?|[Mm]lle\.?|MLLE\.?"
    r"|Dr\.?|[Dd]octeur"
)
_MANY = r"MM\.?|[Mm]essieurs|[Mm]esdames|[Mm]mes\.?|[Mm]lles\.?|[Mm]esdemoiselles"
_TITLE = re.compile(rf"(?<!\w)(?:(?P<many>{_MANY})|{_ONE})(?:{_SPACE}|(?<=\.)(?=\w))")
_WORD = re.compile(r"[^\W\d_](?:\w|['’ʼ‐‑-](?=\w))*\.?")
_PARTICLE = re.compile(r"(?:(?:de|du|des|da|di|dos|ben|bin|el|al|van|von|der|den)[^\S\n]{1,3}|[dlDL]['’ʼ])")
_AND = re.compile(r"\s{0,3}(?:,|\bet\b|&)\s{0,3}")
_MOST_WORDS = 4
# Who is called by a function is not named.
_ROLES = set(
    "principal principale adjoint adjointe cpe proviseur directeur directrice president presidente maire "
    "inspecteur inspectrice infirmier infirmiere gestionnaire as alses x".split()
)
# Shorter words are in every text: they are replaced after a title only.
_SHORTEST = 3


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _key(name: str) -> str:
    return fold(name) or name.casefold()


@cache
def _alike(letter: str) -> str:
    """What a letter may be in another spelling: with or without its accent, small or capital."""
    base = unicodedata.normalize("NFKD", letter)[0].casefold()
    if base == "œ":
        return "(?:[œŒ]|[oO][eE])"
    every = (chr(code) for code in range(0x41, 0x250))
    alike = {each for each in every if unicodedata.normalize("NFKD", each)[0].casefold() == base}
    return f"[{re.escape(''.join(sorted(alike | {letter, letter.swapcase()})))}]"


def _pattern(name: str) -> str:
    parts = re.split(r"[\s'’ʼ‐‑-]+", _clean(name).strip())
    return r"[\s'’ʼ‐‑-]{1,3}".join("".join(map(_alike, part)) for part in parts)


def _words(name: str) -> list[str]:
    """The words of a name without its particles; the last one tells two spellings of it."""
    return [word for word in _WORD.findall(_PARTICLE.sub("", name)) if word[0].isupper()] or [name]


def _name_at(text: str, start: int) -> int:
    """Where the name that starts there ends; ``start`` itself when none does: its words have a capital."""
    end, place = start, start
    for _ in range(_MOST_WORDS):
        while particle := _PARTICLE.match(text, place):
            place = particle.end()
        word = _WORD.match(text, place)
        if not word or not word[0][0].isupper() or (end == start and fold(word[0]) in _ROLES):
            break
        is_initial = len(word[0]) == 2 and word[0].endswith(".")
        end = word.end() - (word[0].endswith(".") and not is_initial)
        space = re.compile(_SPACE).match(text, end)
        if not space:
            break
        place = space.end()
    return end


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """Where the names that follow a title are; after a plural, several, joined by commas and « et »."""
    after = 0
    for title in _TITLE.finditer(text):
        start = title.end()
        while start >= after and (end := _name_at(text, start)) > start:
            yield start, end
            after = end
            more = _AND.match(text, end) if title["many"] else None
            if not more:
                break
            start = more.end()


class Pseudonyms:
    """What stands for each name of a year, the same in all its texts; `counts` says how many were replaced, by kind.

    ``texts`` are those of the year: a name that follows a title in one of them is replaced in the others too, title or
    not. ``listed`` gives names and what replaces them, or ``""`` for the next « [nom 1] ».

    >>> textes = ["Mme Élodie Vasseur ouvre.", "VASSEUR répond à Zoé ; zoe@exemple.fr"]
    >>> noms = Pseudonyms(textes, {"Zoé": "[élève A]"}, year=2021)
    >>> [noms.replace(texte) for texte in textes], noms.counts["nom"]
    (['Mme [nom 1] ouvre.', '[nom 1] répond à [élève A] ; [courriel]'], 3)
    """

    def __init__(self, texts: Iterable[str], listed: Mapping[str, str], *, year: int) -> None:
        self.counts: Counter[str] = Counter()
        self._year = year
        self._marks: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._numbers = 0
        self._listed = {_key(_clean(name)) for name in listed}
        known = list(listed)
        for name, mark in listed.items():
            self._names[_key(_clean(name))] = mark or self._next()
        for text in map(_clean, texts):
            for start, end in _titled(text):
                known += self._learn(text[start:end])
        patterns = sorted({_pattern(name) for name in known}, key=len, reverse=True)
        joined = "|".join(patterns) or r"(?!)"
        self._everywhere = re.compile(rf"(?<![^\W\d_])(?:{joined})(?![^\W\d_])")

    def _next(self) -> str:
        self._numbers += 1
        return f"[nom {self._numbers}]"

    def _learn(self, name: str) -> list[str]:
        """Gives a mark to a name after a title, by its last word, and tells what of it is to be replaced elsewhere."""
        words = _words(name)
        last = _key(words[-1])
        mark = self._names.get(_key(name)) or self._names.get(last) or self._next()
        out = [each for each in (name, *words) if len(_key(each)) >= _SHORTEST]
        for each in (name, *words):
            self._names.setdefault(_key(each), mark)
        return out

    def replace(self, text: str) -> str:
        """The text, composed (NFC), with a mark for each thing that is recognised.

        >>> Pseudonyms([], {}, year=2021).replace("Joindre le 06.12.34.56.78.")
        'Joindre le [téléphone].'
        """
        text = mails(_clean(text), self._count)
        text = birth_dates(identifiers(text, self._count), self._year, self._count)
        text = self._everywhere.sub(lambda found: self._named(found[0]), text)
        out, place = [], 0
        for start, end in _titled(text):
            out += [text[place:start], self._named(text[start:end])]
            place = end
        text = "".join([*out, text[place:]])
        return text.translate({ord(sign): mark for mark, sign in self._marks.items()})

    def _count(self, kind: str) -> str:
        self.counts[kind] += 1
        return self._sign(f"[{kind}]")

    def _named(self, found: str) -> str:
        key = _key(found)
        if key not in self._listed and not any(map(str.isupper, found)):
            return found
        self.counts["nom"] += 1
        last = _key(_words(found)[-1])
        return self._sign(self._names.get(key) or self._names[last])

    def _sign(self, mark: str) -> str:
        return self._marks.setdefault(mark, chr(_FIRST_MARK + len(self._marks)))


# --- What in a text may tell who somebody is: addresses, numbers, dates. Names are beyond it: a person reads
# --- before

_personal_MONTHS = "janv|f.{1,2}vr|mars|avr|mai|juin|juil|ao.{1,2}t|sept|oct|nov|d.{1,2}c"
# Wide on purpose: a quotation too few costs a choice, a quotation too many costs somebody's secret.
_MARKS = re.compile(
    "|".join(
        (
            r"[\w.+-]+\s*(?:@|[(\[]\s*(?:at|arobase)\s*[)\]]|\sarobase\s)\s*[\w.-]+",  # mail
            r"(?:https?://|www\.)\S+",
            # Nine digits or more, whatever stands between: telephone, INE, social security, file number. Two years have
            # eight, and a comma parts two figures.
            r"\+?\d(?:[^\w\n,;:]{0,3}\d){8,}(?:[^\w\n,;:]{0,2}[A-Za-z]{1,2}\b)?",
            r"\b\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}\b",  # 12/03/2007, 2007-03-12
            rf"\b\d{{1,2}}(?:\s?er)?\s+(?:{_personal_MONTHS})\w*\W{{0,3}}\s+\d{{2,4}}\b",
            r"\bn[ée]\u0301?e?s?\s+(?:le|en)(?:\s+[^\s,;.:]+){1,3}",  # née le douze mars
        )
    ),
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """The text with full-width signs made plain, as long as it was."""
    plain = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(one if len(one) == 1 else sign for one, sign in zip(plain, text, strict=True))


def is_personal(text: str) -> bool:
    """Whether a text holds a mail, an address of the web, a long number or a full date.

    >>> is_personal("Appelez le 06 12 34 56 78."), is_personal("17 collèges en 2020")
    (True, False)
    """
    return bool(_MARKS.search(_plain(text)))


def masked(text: str) -> str:
    """The text, as long as it was, with « • » in place of each sign of what `is_personal` finds.

    >>> masked("écrire à a@b.fr")
    'écrire à ••••••'
    """
    out = list(text)
    for found in _MARKS.finditer(_plain(text)):
        out[found.start() : found.end()] = "•" * (found.end() - found.start())
    return "".join(out)


# --- What may be quoted: passages short enough, of codes that enough persons speak of, without a mark of
# --- anybody

# The attribute of a document that says whose words it holds, where a document is one person's.
SPEAKER = "locuteur"
# Without it, a document or a meeting gathers several persons: of three, no one knows which said it.
FEWEST_MEETINGS = 3
# Words: two sentences. A longer piece tells a story, by which somebody may be recognised.
LONGEST = 40


def quotations(
    project: Project, code: str, *, longest: int = LONGEST, fewest_speakers: int = FEWEST_PERSONS
) -> pd.DataFrame:
    """The passages of a code, with the text of those that may be quoted: the shortest first, then by their text.

    Columns: ``code``, ``citation`` (empty where it may not be quoted), ``mots``; ``voix``, how many speak under this
    code: the values of the attribute ``locuteur`` when each document has it, otherwise the meetings (attribute
    ``reunion``) or the documents; ``motif``, why not: ``trop_peu_de_voix``, ``marque_personnelle`` (a mail, a
    telephone, a number, a full date), ``trop_longue`` (over ``longest`` words), or nothing. Voices must be
    ``fewest_speakers``, or `FEWEST_MEETINGS` when they are meetings or documents. Passages that overlap are one. No
    document, place nor coder: they would tell who.

    A name cannot be recognised by rule: a person reads each quotation before it is published.

    Raises
    ------
    ValueError
        for fewer speakers than `FEWEST_PERSONS`.
    DataError
        for a code that the project does not have, with the nearest one.

    >>> noms = ("r1", "r2", "r3")
    >>> textes = tuple(Document(nom, f"On manque de place. Voilà {nom}.") for nom in noms)
    >>> passages = tuple(model.Passage(nom, 0, 19, "On manque de place.", "Lieux") for nom in noms)
    >>> projet = Project((model.Code("Lieux"),), textes, passages)
    >>> codings.quotations(projet, "Lieux").head(1)
        code             citation  mots  voix motif
    0  Lieux  On manque de place.     4     3
    """
    if fewest_speakers < FEWEST_PERSONS:
        raise ValueError(f"fewest_speakers: at least {FEWEST_PERSONS}")
    if code not in (paths := [each.path for each in project.codes]):
        raise unknown("le code", code, paths)
    texts = texts_of(project)
    pieces = merged(place(each) for each in project.passages if each.code == code)
    names = {at.zone[0] for at in pieces}
    voices, is_enough = _voices([each for each in project.documents if each.name in names], fewest_speakers)
    rows = []
    for text in (text_at(texts, at) for at in pieces):
        length = word_count(text)
        why = "" if is_enough else "trop_peu_de_voix"
        why = why or ("marque_personnelle" if is_personal(text) else "trop_longue" if length > longest else "")
        rows.append((code, "" if why else " ".join(text.split()), length, voices, why))
    rows.sort(key=lambda row: (row[2], row[1], row[4]))
    return pd.DataFrame(rows, columns=["code", "citation", "mots", "voix", "motif"])


def _voices(documents: list[Document], fewest_speakers: int) -> tuple[int, bool]:
    """How many speak in documents, as far as one can tell, and whether that is enough."""
    said = [dict(document.attributes).get(SPEAKER, "") for document in documents]
    if said and all(said):
        count = len(set(said))
        return count, count >= fewest_speakers
    told = meetings(documents)
    # Two documents may tell one meeting: one that does not say which cannot be told apart from the others.
    # And one text under several names is one document.
    count = len(told) if told else len({document.text or document.name for document in documents})
    return count, count >= FEWEST_MEETINGS


# --- Which quotations may be chosen, and which a person chose ---

_KEPT = ["theme", "citation", "mots", "voix"]


def quotable(projects: Mapping[str, Project]) -> pd.DataFrame:
    """Every quotation of a year's codings (by their names, under the codes of the book) that a person may choose.

    Columns: ``theme`` (short code), ``citation``, ``mots``, ``voix``; those of `quotations` that have no reason not to
    be quoted. In the order of the book, the shortest first; a sentence said twice is one. For the researchers: somebody
    reads each before it is published.

    >>> textes = tuple(Document(nom, f"On manque de place. Voilà {nom}.") for nom in ("r1", "r2", "r3"))
    >>> passages = tuple(model.Passage(texte.name, 0, 19, texte.text[:19], "lieux") for texte in textes)
    >>> codings.quotable({"Zoé": Project((model.Code("lieux"),), textes, passages)})
       theme             citation  mots  voix
    0  lieux  On manque de place.     4     3
    """
    project = gather(projects)
    used = {passage.code for passage in project.passages}
    found = [
        quotations(project, code.path).assign(theme=code_labels(code.path)[-1])
        for code in project.codes
        if code.path in used
    ]
    table = pd.concat([pd.DataFrame(columns=_KEPT), *found])
    table = table[table["citation"] != ""][_KEPT].drop_duplicates(["theme", "citation"])
    return table.astype({"theme": "str", "citation": "str", "mots": "int64", "voix": "int64"}).reset_index(drop=True)


def chosen(ticked: pd.DataFrame, possible: pd.DataFrame) -> pd.DataFrame:
    """What a person chose (schema ``citations``), as codings have it: a row a dated row of ``ticked``, its index kept.

    ``possible`` has the columns of `codings.quotable`. The sentence is looked for by its words: a spreadsheet may have
    changed an apostrophe. One that is not among those possible has no ``voix``: it must not be shown.

    >>> possibles = pd.DataFrame({"theme": ["lieux"], "citation": ["L’eau manque."], "mots": [2], "voix": [3]})
    >>> dates = pd.to_datetime(["2021-06-01", None])
    >>> lues = pd.DataFrame({"theme": ["lieux"] * 2, "citation": ["L'eau  manque", "Rien."], "relue_le": dates})
    >>> codings.chosen(lues, possibles)[["citation", "voix"]]
            citation  voix
    0  L’eau manque.     3
    """
    known = {_chosen_key(row.theme, row.citation): row for row in possible.itertuples()}
    dated = ticked[ticked["relue_le"].notna()]
    rows = []
    for row in dated.itertuples():
        found = known.get(_chosen_key(row.theme, row.citation))
        rows.append((found.citation, found.mots, found.voix) if found else (row.citation, None, None))
    found = pd.DataFrame(rows, columns=["citation", "mots", "voix"], index=dated.index)
    found = found.astype({"citation": "str", "mots": "Int64", "voix": "Int64"})
    return dated[["theme", "relue_le"]].join(found)[["theme", "citation", "relue_le", "mots", "voix"]]


def quoted(citations: pd.DataFrame, *, book: pd.DataFrame) -> pd.DataFrame:
    """The quotations as a page shows them: ``theme`` (label), ``citation`` between quotation marks, ``voix``.

    Takes the schema ``citations`` and the code book (schema ``themes``); in the order of the book, the shortest first.

    >>> livre = pd.DataFrame({"theme": ["lieux"], "libelle": ["Les lieux"]})
    >>> lues = pd.DataFrame({"theme": ["lieux"], "citation": ["L’eau manque."], "mots": [2], "voix": [3]})
    >>> codings.quoted(lues, book=livre)
           theme           citation  voix
    0  Les lieux  « L’eau manque. »     3
    """
    found = citations.merge(book.reset_index(names="rang")[["rang", "theme", "libelle"]], on="theme", validate="m:1")
    found = found.sort_values(["rang", "mots", "citation"], ignore_index=True)
    said = pd.Series([f"«\u202f{sentence}\u202f»" for sentence in found["citation"]], dtype="str")
    return pd.DataFrame({"theme": found["libelle"], "citation": said, "voix": found["voix"]})


def _chosen_key(theme: str, sentence: str) -> tuple[str, str]:
    return theme, " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", sentence).casefold()))
