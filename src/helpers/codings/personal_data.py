"""Personal data in texts: pseudonyms, masking, and which passages may be quoted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

import pandas as pd

from helpers.codings.agreement import merge_codings
from helpers.codings.counts import meetings_of, merge_spans, span_of, text_at, texts_of, word_count
from helpers.codings.model import Document, Project, code_labels
from helpers.codings.safe_files import unknown_name_error
from helpers.schema import FEWEST_PERSONS
from helpers.typography import fold

# --- Mail addresses, telephone and identity numbers, dates of birth, each replaced by its kind ---

# What people put between the digits of a number: any space, a dot, a dash, a slash.
_GAP = r"[^\S\n]{0,2}[.\-‐‑–/]?[^\S\n]{0,2}"
_PART = r"[^\s@<>()\[\]«»,;:\"]"
_NETWORK = r"(?:insta(?:gram)?|snap(?:chat)?|tik ?tok|twitter|discord|facebook|pseudo|compte)"
_PATTERNS = (
    ("compte", rf"(?i)(?<!\w){_NETWORK}\s?:?\s?@\w[\w.]{{1,40}}"),
    ("courriel", rf"{_PART}{{1,64}}\s?@\s?{_PART}{{1,200}}\.[^\W\d_]{{2,20}}"),
    ("compte", r"(?<![\w.])@[^\W_][\w.]{1,40}"),
    # Social security number, spaced or not, with or without its key.
    (
        "identifiant",
        rf"(?<!\d)[12]{_GAP}\d\d{_GAP}[0-9]\d{_GAP}[0-9][0-9AaBb]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?(?!\d)",
    ),
    # National pupil number: nine digits and two letters, or ten and one.
    ("identifiant", r"(?<![^\W_])\d{9}(?:\d?[A-Za-z]|[A-Za-z]{2})(?![^\W_])"),
    # Ten digits from 0, however they are grouped; a date and what follows it are no telephone number.
    ("téléphone", rf"(?<!\w)(?:\+|00)\d{{1,3}}(?:{_GAP}[()]?{_GAP}\d){{7,12}}(?!\d)"),
    ("téléphone", rf"\(0\d\)(?:{_GAP}\d){{8}}(?!\d)"),
    (
        "téléphone",
        rf"(?<![\w+])(?<!\d[/.\-])(?!\d\d?[/.\-]\d\d?[/.\-](?:19|20)\d\d(?!\d))(?:0|\(0\))(?:{_GAP}\d){{9}}(?!\d)",
    ),
    # Any other long run of digits is taken for somebody's number.
    ("identifiant", r"(?<![^\W_])\d{9,}(?![^\W_])"),
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
# Pupils of a collège are nine at least: a full date that old is a birth, not a meeting.
_YOUNGEST = 9


def replace_birth_dates(text: str, year: int, count: Callable[[str], str]) -> str:
    """The text with dates after « né le » and the like, or at least nine years before ``year``, replaced.

    >>> replace_birth_dates("Le 12/03/2021, une élève née en 2008.", 2021, "[{}]".format)
    'Le 12/03/2021, une élève née en [date de naissance].'
    """

    def born(match: re.Match) -> str:
        start = match.start("when") - match.start()
        head, tail = match[0][:start], match[0][start:]
        pattern = _DATE if _DATE.search(tail) else _YEAR_ALONE
        return head + pattern.sub(lambda _: count("date de naissance"), tail, count=1)

    def old(match: re.Match) -> str:
        digits = match["a"] or match["b"] or match["c"]
        full = int(digits) + (0 if len(digits) == 4 else 2000 if int(digits) + 2000 <= year + 1 else 1900)
        return count("date de naissance") if full <= year - _YOUNGEST else match[0]

    return _DATE.sub(old, _BORN.sub(born, text))


# --- Pseudonyms: names of a list, and names that follow a title ---

# Private-use characters stand for marks until all is replaced, so that no part of a mark is taken for a name.
_FIRST_MARK, _LAST_MARK = 0xF0000, 0xFFFFD
# Invisible characters, which would split a name or a number.
_UNSEEN = re.compile(f"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_SPACE = r"[^\S\n]{1,3}"
_ONE = (
    r"[Mm]onsieur|[Mm]adame|[Mm]ademoiselle|MONSIEUR|MADAME|MADEMOISELLE|M\.|M|Mr\.?|[Mm]me\.?|MME\.?|[Mm]e?lle\.?|ME?LLE\.?"
    r"|Dr\.?|[Dd]octeur"
)
_MANY = r"MM\.?|[Mm]essieurs|[Mm]esdames|[Mm]mes\.?|[Mm]e?lles\.?|[Mm]esdemoiselles"
_TITLE = re.compile(rf"(?<!\w)(?:(?P<many>{_MANY})|{_ONE})(?:{_SPACE}|(?<=\.)(?=\w))")
_WORD = re.compile(r"[^\W\d_](?:\w|['’ʼ‐‑-](?=\w))*\.?")
_PARTICLE = re.compile(r"(?:(?:de|du|des|da|di|dos|ben|bin|el|al|van|von|der|den)[^\S\n]{1,3}|[dlDL]['’ʼ])")
_AND = re.compile(r"\s{0,3}(?:,|\bet\b|&)\s{0,3}")
_MOST_WORDS = 4
# A title before a function names nobody.
_ROLES = set(
    "principal principale adjoint adjointe cpe proviseur directeur directrice president presidente maire "
    "inspecteur inspectrice infirmier infirmiere gestionnaire as alses x".split()
)
# Shorter words are too common: they are replaced after a title only.
_SHORTEST = 3


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _key(name: str) -> str:
    return fold(name) or name.casefold()


@cache
def _alike(letter: str) -> str:
    """A pattern for a letter with or without accent, small or capital."""
    base = unicodedata.normalize("NFKD", letter)[0].casefold()
    if base == "œ":
        return "(?:[œŒ]|[oO][eE])"
    letters = map(chr, range(0x41, 0x250))
    alike = {each for each in letters if unicodedata.normalize("NFKD", each)[0].casefold() == base}
    return f"[{re.escape(''.join(sorted(alike | {letter, letter.swapcase()})))}]"


def _pattern(name: str) -> str:
    parts = re.split(r"[\s'’ʼ‐‑-]+", _clean(name).strip())
    return r"[\s'’ʼ‐‑-]{1,3}".join("".join(map(_alike, part)) for part in parts)


def _words(name: str) -> list[str]:
    """The words of a name without its particles; the last one identifies two spellings."""
    return [word for word in _WORD.findall(_PARTICLE.sub("", name)) if word[0].isupper()] or [name]


def _name_at(text: str, start: int) -> int:
    """Where the name (capitalised words) that starts there ends; ``start`` itself without one."""
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
    """The spans of names that follow a title; several, joined by commas and « et », after a plural."""
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
    """Pseudonyms for the names of a year, the same in all its texts; `counts` are the replacements by kind.

    A name that follows a title in one of ``texts`` is replaced in all of them, with or without title. ``listed`` maps
    names to what replaces them, or to ``""`` for the next « [nom 1] ».

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
        """Give a pseudonym to a name after a title, keyed by its last word; return what to replace elsewhere."""
        words = _words(name)
        last = _key(words[-1])
        mark = self._names.get(_key(name)) or self._names.get(last) or self._next()
        out = [each for each in (name, *words) if len(_key(each)) >= _SHORTEST]
        for each in (name, *words):
            self._names.setdefault(_key(each), mark)
        return out

    def replace(self, text: str) -> str:
        """The text in NFC, everything recognised replaced.

        >>> Pseudonyms([], {}, year=2021).replace("INE 123456789AB, joindre le 06.12.34.56.78.")
        'INE [identifiant], joindre le [téléphone].'
        """
        text = _clean(text)
        for kind, pattern in _PATTERNS:
            text = re.sub(pattern, lambda _, kind=kind: self._count(kind), text)
        text = replace_birth_dates(text, self._year, self._count)
        text = self._everywhere.sub(lambda match: self._named(match[0]), text)
        out, done = [], 0
        for start, end in _titled(text):
            out += [text[done:start], self._named(text[start:end])]
            done = end
        text = "".join([*out, text[done:]])
        return text.translate({ord(sign): mark for mark, sign in self._marks.items()})

    def _count(self, kind: str) -> str:
        self.counts[kind] += 1
        return self._sign(f"[{kind}]")

    def _named(self, name: str) -> str:
        key = _key(name)
        if key not in self._listed and not any(map(str.isupper, name)):
            return name
        self.counts["nom"] += 1
        last = _key(_words(name)[-1])
        return self._sign(self._names.get(key) or self._names[last])

    def _sign(self, mark: str) -> str:
        return self._marks.setdefault(mark, chr(_FIRST_MARK + len(self._marks)))


# --- Personal details in a quotation: addresses, numbers, dates. Names cannot be recognised: a person proofreads ---

_ANY_MONTH = "janv|f.{1,2}vr|mars|avr|mai|juin|juil|ao.{1,2}t|sept|oct|nov|d.{1,2}c"
# Broad on purpose: a false positive costs one quotation, a false negative somebody's privacy.
_MARKS = re.compile(
    "|".join(
        (
            r"[\w.+-]+\s*(?:@|[(\[]\s*(?:at|arobase)\s*[)\]]|\sarobase\s)\s*[\w.-]+",  # mail
            r"(?:https?://|www\.)\S+",
            # Nine digits or more, however they are separated: telephone, INE, social security, file number. Two years
            # have eight, and a comma separates two numbers.
            r"\+?\d(?:[^\w\n,;:]{0,3}\d){8,}(?:[^\w\n,;:]{0,2}[A-Za-z]{1,2}\b)?",
            r"\b\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{2,4}\b",  # 12/03/2007, 2007-03-12
            rf"\b\d{{1,2}}(?:\s?er)?\s+(?:{_ANY_MONTH})\w*\W{{0,3}}\s+\d{{2,4}}\b",
            r"\bn[ée]\u0301?e?s?\s+(?:le|en)(?:\s+[^\s,;.:]+){1,3}",  # née le douze mars
        )
    ),
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    """The text with full-width characters replaced by plain ones; same length."""
    plain = (unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(one if len(one) == 1 else sign for one, sign in zip(plain, text, strict=True))


def is_personal(text: str) -> bool:
    """Whether a text holds a mail or web address, a long number or a full date."""
    return bool(_MARKS.search(_plain(text)))


def mask_personal_data(text: str) -> str:
    """The text, same length, with « • » for each character of what `is_personal` detects.

    >>> mask_personal_data("écrire à a@b.fr")
    'écrire à ••••••'
    """
    out = list(text)
    for match in _MARKS.finditer(_plain(text)):
        out[match.start() : match.end()] = "•" * len(match[0])
    return "".join(out)


# --- What may be quoted: short passages without personal details, of codes with enough voices ---

# The attribute of a document that names its one speaker.
SPEAKER = "locuteur"
# Without it, a meeting (or document) gathers several persons: among three, nobody can tell who spoke.
FEWEST_MEETINGS = 3
# Words: two sentences. Longer stories make people recognisable.
LONGEST = 40


def quotations(
    project: Project, code: str, *, longest: int = LONGEST, fewest_speakers: int = FEWEST_PERSONS
) -> pd.DataFrame:
    """The passages of a code, with the text of those that may be quoted, the shortest first.

    Columns: ``code``, ``citation`` (empty where it may not be quoted), ``mots``; ``voix``, the number of speakers under
    this code (attribute ``locuteur``) when each document has one, else of meetings (attribute ``reunion``) or
    documents; ``motif`` of the refusal: ``trop_peu_de_voix`` (fewer than ``fewest_speakers``, or than
    `FEWEST_MEETINGS`), ``marque_personnelle``, ``trop_longue`` (over ``longest`` words), or nothing. Overlapping
    passages are one. Document, position and coder are left out: they would identify the speaker.

    Names cannot be recognised by rule: a person proofreads each quotation before it is published. Raises ValueError for
    ``fewest_speakers`` below `FEWEST_PERSONS`, DataError for an unknown code.
    """
    if fewest_speakers < FEWEST_PERSONS:
        raise ValueError(f"fewest_speakers: at least {FEWEST_PERSONS}")
    if code not in (paths := [each.path for each in project.codes]):
        raise unknown_name_error("le code", code, paths)
    texts = texts_of(project)
    spans = merge_spans(span_of(each) for each in project.passages if each.code == code)
    names = {at.zone[0] for at in spans}
    voices, is_enough = _voices([each for each in project.documents if each.name in names], fewest_speakers)
    rows = []
    for text in (text_at(texts, at) for at in spans):
        length = word_count(text)
        why = "" if is_enough else "trop_peu_de_voix"
        why = why or ("marque_personnelle" if is_personal(text) else "trop_longue" if length > longest else "")
        rows.append((code, "" if why else " ".join(text.split()), length, voices, why))
    rows.sort(key=lambda row: (row[2], row[1], row[4]))
    return pd.DataFrame(rows, columns=["code", "citation", "mots", "voix", "motif"])


def _voices(documents: list[Document], fewest_speakers: int) -> tuple[int, bool]:
    """How many persons speak in documents, as far as one can tell, and whether that is enough."""
    speakers = {dict(document.attributes).get(SPEAKER, "") for document in documents}
    if speakers and "" not in speakers:
        return len(speakers), len(speakers) >= fewest_speakers
    # A document that names no meeting may be of one of the others; one text under several names is one document.
    count = len(meetings_of(documents)) or len({document.text or document.name for document in documents})
    return count, count >= FEWEST_MEETINGS


# --- Quotations that may be chosen, and those that a person chose ---


def quotable(projects: Mapping[str, Project]) -> pd.DataFrame:
    """The quotations of a year's codings (by their names, under the codes of the book) that a person may choose.

    Columns: ``theme`` (short code), ``citation``, ``mots``, ``voix``; in the order of the book, the shortest first,
    without duplicates. For the researchers, who proofread each before it is published.
    """
    project = merge_codings(projects)
    used = {passage.code for passage in project.passages}
    tables = [
        quotations(project, code.path).assign(theme=code_labels(code.path)[-1])
        for code in project.codes
        if code.path in used
    ]
    columns = ["theme", "citation", "mots", "voix"]
    table = pd.concat([pd.DataFrame(columns=columns), *tables])
    table = table[table["citation"] != ""][columns].drop_duplicates(["theme", "citation"])
    return table.astype({"theme": "str", "citation": "str", "mots": "int64", "voix": "int64"}).reset_index(drop=True)


def chosen_quotations(ticked: pd.DataFrame, possible: pd.DataFrame) -> pd.DataFrame:
    """The quotations that a person dated (schema ``citations``), spelt as in the codings; the index is kept.

    ``possible`` has the columns of `codings.quotable`. Sentences are matched by their words: a spreadsheet may change
    an apostrophe. One that is not possible has no ``voix``: it must not be published.
    """
    known = {_words_key(row.theme, row.citation): row for row in possible.itertuples()}
    dated, rows = ticked[ticked["relue_le"].notna()], []
    for row in dated.itertuples():
        match = known.get(_words_key(row.theme, row.citation))
        rows.append((match.citation, match.mots, match.voix) if match else (row.citation, None, None))
    matched = pd.DataFrame(rows, columns=["citation", "mots", "voix"], index=dated.index)
    matched = matched.astype({"citation": "str", "mots": "Int64", "voix": "Int64"})
    return dated[["theme", "relue_le"]].join(matched)[["theme", "citation", "relue_le", "mots", "voix"]]


def quotation_table(citations: pd.DataFrame, *, book: pd.DataFrame) -> pd.DataFrame:
    """The quotations (schema ``citations``) as a page shows them, in the order of the book (schema ``themes``).

    Columns: ``theme`` (label), ``citation`` between quotation marks, ``voix``.
    """
    table = citations.merge(book.reset_index(names="rang")[["rang", "theme", "libelle"]], on="theme", validate="m:1")
    table = table.sort_values(["rang", "mots", "citation"], ignore_index=True)
    marked = pd.Series([f"«\u202f{sentence}\u202f»" for sentence in table["citation"]], dtype="str")
    return pd.DataFrame({"theme": table["libelle"], "citation": marked, "voix": table["voix"]})


def _words_key(theme: str, sentence: str) -> tuple[str, str]:
    return theme, " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", sentence).casefold()))
