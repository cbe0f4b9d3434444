"""Personal data in texts: pseudonyms, masking, and which passages may be quoted."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import count

import pandas as pd

from helpers.codings.agreement import merge_codings
from helpers.codings.counts import Span, meetings_of, span_of, spans_by_code, text_at, texts_of, word_count
from helpers.codings.model import Document, Project, code_labels, name_key
from helpers.schema import FEWEST_PERSONS
from helpers.typography import fold

# --- What has the form of a personal datum: one table, used to replace and to mask ---
# What people put between the digits of a number: any space but a tab, a dot, a dash, a slash.
_GAP = r"[^\S\n\t]{0,2}[.\-‐‑–/]?[^\S\n\t]{0,2}"
_PART = r"[^\s@<>()\[\]«»,;:\"]"
_NETWORK = r"(?:insta(?:gram)?|snap(?:chat)?|tik ?tok|twitter|discord|facebook|pseudo|compte)"
# Also with accents apart, or misread.
_MONTH = r"(?:janv|f.{1,2}vr|mars|avr|mai|juin|juil|ao.{1,2}t|sept|oct|nov|d.{1,2}c)\w*\.?"
_DATE = (
    r"(?<!\d)(?:\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?(?:\d{4}|\d\d(?![/.\- ]?\d))|(?:19|20)\d\d-\d\d-\d\d"
    rf"|\d{{1,2}}(?:\s?er)?\s+{_MONTH}\s+\d{{2,4}})(?!\d)"
)
_STREET = r"rue|avenue|av\.|boulevard|bd\.?|place|allées?|impasse|chemin|cité|résidence|quai|square|route|cours|passage"
_NAME = r"[^\W\d_][\w'’-]*"
# The first that matches from a place wins.
_FORMS = {
    # « né le », « née en », « née à Lille le », « date de naissance : », « DDN ».
    "naissance": (
        r"\b(?:n(?:é|e\u0301)(?:e|\(e\)|[·.\-]e)?s?|naissance|naiss\.?|DDN)(?![^\W_])[^\n.;]{0,40}?"
        rf"(?P<jour>{_DATE}|(?<!\d)(?:\d{{1,2}}(?:\s?er)?\s+{_MONTH}|\d{{1,2}}/\d{{1,2}}|(?:19|20)\d\d)(?!\d))"
    ),
    "date": _DATE,
    "compte": rf"(?<!\w){_NETWORK}\s?:?\s?@\w[\w.]{{1,40}}|(?<![\w.])@[^\W_][\w.]{{1,40}}(?!\s?@)",
    "courriel": (
        rf"{_PART}{{1,64}}\s?(?:@|[(\[]\s*(?:at|arobase)\s*[)\]]|\sarobase\s)\s?{_PART}{{1,200}}\.[^\W\d_]{{2,20}}"
    ),
    "adresse web": r"(?:https?://|www\.)\S+",
    # « 3 rue de la paix », then words with a capital, and a town after its postcode.
    "adresse": (
        rf"(?<!\d)\d{{1,4}}(?:\s?(?:bis|ter))?,?\s(?:{_STREET})\s(?!du\s(?:coll|lyc))(?:(?:de\sla|de|des|du|la|le|les)\s|(?:de\s)?[dl]['’])?"
        rf"{_NAME}(?:\s(?:(?:de|du|des|la|le)\s)?(?-i:[A-ZÀ-Ý])[\w'’-]*){{0,4}}"
        rf"(?:,?\s\d{{5}}\s{_NAME})?"
    ),
    # Ten digits from 0, or more after a country code, however they are grouped.
    "téléphone": (
        rf"(?<![\w+])(?:(?:\+|00)\d{{1,3}}(?:{_GAP}[()]?{_GAP}\d){{7,12}}"
        rf"|(?:0|\(0\))(?:{_GAP}\d){{9}}|\(0\d\)(?:{_GAP}\d){{8}})(?!\w)"
    ),
    # Social security number, with or without its key; national pupil number; any other long run of digits.
    "identifiant": (
        rf"(?<![^\W_])(?:[12]{_GAP}\d\d{_GAP}\d\d{_GAP}\d[\dAaBb]{_GAP}\d{{3}}{_GAP}\d{{3}}(?:{_GAP}\d\d)?"
        rf"|\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}(?:\d?[A-Za-z]|[A-Za-z]{{2}})|\d{{9,}})(?![^\W_])"
    ),
}
_FORM = re.compile("|".join(f"(?P<{fold(kind)}>{pattern})" for kind, pattern in _FORMS.items()), re.IGNORECASE)
_KINDS = {fold(kind): kind for kind in _FORMS}
# Pupils of a collège are nine at least: a full date that old is a birth, not a meeting.
_YOUNGEST = 9


def _is_old(written: str, year: int) -> bool:
    """Whether a date is at least nine years before ``year``."""
    parts = re.findall(r"\d+", written)
    digits = next((each for each in parts if len(each) == 4), parts[-1])
    full = int(digits) + (0 if len(digits) == 4 else 2000 if int(digits) + 2000 <= year + 1 else 1900)
    return full <= year - _YOUNGEST


def is_personal(text: str) -> bool:
    """Whether a text holds a mail, web or postal address, an account, a long number or a full date."""
    return mask_personal_data(text) != text


def mask_personal_data(text: str) -> str:
    """The text, same length, with « • » for each character of what `is_personal` detects.

    >>> mask_personal_data("écrire à a@b.fr")
    'écrire à ••••••'
    """
    # Full-width characters are read as plain ones.
    plain = {ord(sign): one for sign in set(text) if len(one := unicodedata.normalize("NFKC", sign)) == 1}
    for match in _FORM.finditer(text.translate(plain)):
        text = text[: match.start()] + "•" * len(match[0]) + text[match.end() :]
    return text


# --- Pseudonyms: names of a list, and names that follow a title ---
# Private-use characters stand for marks until all is replaced, so that no part of a mark is taken for a name.
_FIRST_MARK, _LAST_MARK = 0xF0000, 0xFFFFD
# Invisible characters, which would split a name or a number.
_UNSEEN = re.compile(f"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}]")
_SPACE = r"[^\S\n]{1,3}"
_ONE = r"monsieur|madame|mademoiselle|m\.|mr\.?|mme\.?|me?lle\.?|dr\.?|docteur"
_MANY = r"mm\.?|messieurs|mesdames|mmes\.?|me?lles\.?|mesdemoiselles"
_TITLE = re.compile(rf"(?<!\w)(?:(?P<many>(?i:{_MANY}))|M|(?i:{_ONE}))(?:{_SPACE}|(?<=\.)(?=\w))")
# Who is named by a kinship, without title: « la mère d’Inaya », « son frère Kevin », « l’élève Mathis ».
_KIN = re.compile(
    r"\b(?i:(?:grand[s-]*)?(?:m[èe]re|p[èe]re)|fr[èe]re|s(?:œ|oe)ur|parents|maman|papa|fils|fille|cousine?|oncle|tante)"
    r"[^\S\n](?:de[^\S\n]|d['’])?(?=[A-ZÀ-Ý])|\b(?i:[ée]l[èe]ve|jeune|camarade|copine?)[^\S\n](?=[A-ZÀ-Ý])"
)
_WORD = re.compile(r"[^\W\d_](?:\w|['’ʼ‐‑-](?=\w))*\.?")
_PARTICLE = re.compile(r"(?:(?:de|du|des|da|di|dos|ben|bin|el|al|van|von|der|den)[^\S\n]{1,3}|[dlDL]['’ʼ])")
_AND = re.compile(r"\s{0,3}(?:,|\bet\b|&)\s{0,3}")
_MOST_WORDS = 4
# A title before a function names nobody.
_ROLES = set(
    "principal principale adjoint adjointe cpe proviseur directeur directrice president presidente maire "
    "inspecteur inspectrice infirmier infirmiere gestionnaire as alses x".split()
)
# What comes after one of these is a place that bears a name: « collège Sévigné », « rue Pierre Curie ».
_PLACE = re.compile(
    r"(?:coll[èe]ges?|lyc[ée]es?|[ée]coles?|gymnases?|stades?|salles?|centres?|mairies?|h[ôo]pital|quartiers?|maisons?"
    rf"|médiathèques?|{_STREET})(?:[^\S\n]+(?:des?|du|la|le|les|social|municipale?|\w+['’-]?\w*(?=[^\S\n]\w+$)))*"
    r"[^\S\n]+(?:\w+[^\S\n-]+)?$",
    re.IGNORECASE,
)
# A word in lower case after one of these is a thing: « une pierre », « en pierre ».
_DETERMINER = re.compile(
    r"(?:^|[\s'’])(?:l['’]|d['’]|(?:les?|la|une?|des?|du|aux?|en|ce[st]?|cette|[mst](?:on|a|es)|leurs?|[nv]otre)\s)$",
    re.IGNORECASE,
)
# Shorter words are too common: they are replaced after a title only.
_SHORTEST = 3


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


@cache
def _is_french(word: str) -> bool:
    """Whether a word is in the dictionary, in lower case: « rose » and « pierre » are, « vasseur » is not."""
    from simplemma import is_known  # it loads a dictionary

    return is_known(word.lower(), lang="fr")


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
    return [word.strip("'’ʼ-.") for word in _WORD.findall(_PARTICLE.sub("", name))] or [name]


def _name_at(text: str, start: int) -> int:
    """Where the name that starts there ends; ``start`` itself without one.

    It is made of capitalised words or, for its first one, of a word that no dictionary has (« mme hadj-moussa »).
    """
    end, place = start, start
    for _ in range(_MOST_WORDS):
        while particle := _PARTICLE.match(text, place):
            place = particle.end()
        word = _WORD.match(text, place)
        if not word or (end == start and fold(word[0]) in _ROLES):
            break
        if not word[0][0].isupper() and (end > start or len(word[0]) < _SHORTEST or _is_french(word[0].rstrip("."))):
            break
        is_initial = len(word[0]) == 2 and word[0].endswith(".")
        end = word.end() - (word[0].endswith(".") and not is_initial)
        space = re.compile(_SPACE).match(text, end)
        if not space:
            break
        place = space.end()
    return end


def _titled(text: str) -> Iterator[tuple[int, int]]:
    """The spans of names that follow a title, or several after a plural; and of the first name after a kinship."""
    after = 0
    for title in sorted((*_TITLE.finditer(text), *_KIN.finditer(text)), key=re.Match.start):
        start = title.end()
        if title.re is _KIN:
            word = _WORD.match(text, start)
            if start >= after and word and not _is_french(word[0]):
                yield start, word.end() - word[0].endswith(".")
                after = word.end()
            continue
        while start >= after and (end := _name_at(text, start)) > start:
            yield start, end
            after = end
            more = _AND.match(text, end) if title["many"] else None
            if not more:
                break
            start = more.end()


class Pseudonyms:
    """Pseudonyms for the names of a year, the same in all its texts.

    A name that follows a title in one of ``texts`` is replaced in all of them. ``listed`` maps names to what replaces
    them, or to ``""`` for the next « [nom 1] ». A name that is also a common word (Rose, Petit) is replaced with its
    capital only; one that a place bears (collège Sévigné) is kept there. `counts` are the replacements by kind;
    `doubtful` the words that were kept and may be names, for a person to read.

    >>> textes = ["Mme Élodie Vasseur ouvre.", "VASSEUR répond à Zoé ; zoe@exemple.fr"]
    >>> noms = Pseudonyms(textes, {"Zoé": "[élève A]"}, year=2021)
    >>> [noms.replace(texte) for texte in textes], noms.counts["nom"]
    (['Mme [nom 1] ouvre.', '[nom 1] répond à [élève A] ; [courriel]'], 3)
    """

    def __init__(self, texts: Iterable[str], listed: Mapping[str, str], *, year: int) -> None:
        self.counts, self.doubtful, self._year = Counter(), Counter(), year
        self._marks: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._new_marks = (f"[nom {rank}]" for rank in count(1))
        known = list(listed)
        for name, mark in listed.items():
            self._names[name_key(_clean(name))] = mark = mark or next(self._new_marks)
            # The parts of a name, in any order; not those that are common words (« jean », « petit »).
            for each in _words(_clean(name)):
                if len(each) >= _SHORTEST and not _is_french(each):
                    known.append(each)
                    self._names.setdefault(name_key(each), mark)
        self._listed = set(self._names)
        for text in map(_clean, texts):
            for start, end in _titled(text):
                # A person is known by the last word.
                name, words = text[start:end], _words(text[start:end])
                mark = self._mark_of(name)
                for each in (name, *words):
                    self._names.setdefault(name_key(each), mark)
                    known += [each] if len(name_key(each)) >= _SHORTEST and fold(each) not in _ROLES else []
        joined = "|".join(sorted({_pattern(name) for name in known}, key=len, reverse=True)) or r"(?!)"
        self._everywhere = re.compile(rf"(?<![^\W\d_])(?:{joined})(?![^\W\d_])")

    def replace(self, text: str) -> str:
        """The text in NFC, everything recognised replaced."""
        text = _FORM.sub(self._form, _clean(text))
        out, done = [], 0
        for start, end in _titled(text):
            out += [text[done:start], self._sign("nom", self._mark_of(text[start:end]))]
            done = end
        text = self._everywhere.sub(self._name, "".join([*out, text[done:]]))
        # Capitalised words inside a sentence that no dictionary has: names, places or initials.
        for match in re.finditer(r"(?<=[\w,;:’'] )[^\W\d_][\w’'-]+", text):
            is_capital = match[0][0].isupper() and not match[0].isupper()
            if is_capital and not _is_french(match[0]) and not _TITLE.match(f"{match[0]} "):
                self.doubtful[match[0]] += 1
        return text.translate({ord(sign): mark for mark, sign in self._marks.items()})

    def _form(self, match: re.Match) -> str:
        kind = _KINDS[match.lastgroup]
        if kind == "date" and not _is_old(match[0], self._year):
            return match[0]
        before = match.string[match.start() : match.start("jour")] if kind == "naissance" else ""
        return before + self._sign("date de naissance" if kind in ("naissance", "date") else kind)

    def _name(self, match: re.Match) -> str:
        """The pseudonym of a name that stands without title, unless it is there a common word, or a place."""
        name, before = match[0], match.string[max(0, match.start() - 60) : match.start()]
        is_word = _is_french(name) and _DETERMINER.search(before)
        is_sure = any(map(str.isupper, name)) or (name_key(name) in self._listed and not is_word)
        if is_sure and not _PLACE.search(before):
            return self._sign("nom", self._mark_of(name))
        self.doubtful[name] += 1
        return name

    def _mark_of(self, name: str) -> str:
        return self._names.get(name_key(name)) or self._names.get(name_key(_words(name)[-1])) or next(self._new_marks)

    def _sign(self, kind: str, mark: str = "") -> str:
        self.counts[kind] += 1
        return self._marks.setdefault(mark or f"[{kind}]", chr(_FIRST_MARK + len(self._marks)))


# --- What may be quoted: short passages without personal details, of codes with enough voices ---
# The attribute of a document that names its one speaker.
SPEAKER = "locuteur"
# Without it, a meeting (or document) gathers several persons: among three, nobody can tell who spoke.
FEWEST_MEETINGS = 3
# Characters on each side, to understand what a sentence is about.
_AROUND = 200
# Words: two sentences. Longer stories make people recognisable.
LONGEST = 40


def quotable(projects: Mapping[str, Project]) -> pd.DataFrame:
    """The quotations of a year's codings (by their names, under the codes of the book) that a person may choose.

    A passage may be quoted that has at most `LONGEST` words, no personal datum (`is_personal`), and a code under which
    enough persons speak: `FEWEST_PERSONS` values of the attribute ``locuteur`` when each document has one, else
    `FEWEST_MEETINGS` meetings (attribute ``reunion``) or documents. Overlapping passages are one. Names cannot be
    recognised by rule: a person proofreads each quotation before it is published.

    Columns: ``theme`` (short code), ``citation``, ``mots``, ``voix``, the number of speakers, meetings or documents;
    for who proofreads, ``contexte``, the words around, and ``memo``, those of its coders; nothing else that identifies
    the speaker. In the order of the book, the shortest first, without duplicates.
    """
    project = merge_codings(projects)
    texts, by_code = texts_of(project), spans_by_code(project.passages)
    masked = {name: mask_personal_data(text) for name, text in texts.items()}
    rows: dict[tuple[str, str], tuple] = {}
    for path in (code.path for code in project.codes if code.path in by_code):
        spans, passages = by_code[path], [each for each in project.passages if each.code == path]
        names = {at.zone[0] for at in spans}
        voices, is_enough = _voices([each for each in project.documents if each.name in names])
        for length, text, at in sorted((word_count(text_at(texts, at)), text_at(texts, at), at) for at in spans):
            key = code_labels(path)[-1], " ".join(text.split())
            if is_enough and length <= LONGEST and key not in rows and not is_personal(text):
                memos = dict.fromkeys(each.memo for each in passages if each.memo and span_of(each).overlaps(at))
                rows[key] = length, voices, _around(masked, at), " / ".join(memos)
    columns = {"theme": "str", "citation": "str", "mots": "int64", "voix": "int64", "contexte": "str", "memo": "str"}
    return pd.DataFrame([(*key, *value) for key, value in rows.items()], columns=[*columns]).astype(columns)


def _around(masked: dict[str, str], at: Span) -> str:
    """What was said before and after a span, its place being « … »."""
    text = masked[at.zone[0]]
    if at.zone[1] or not text:
        return ""
    return " ".join(f"{text[max(0, at.start - _AROUND) : at.start]} … {text[at.end : at.end + _AROUND]}".split())


def _voices(documents: list[Document]) -> tuple[int, bool]:
    """How many persons speak in documents, as far as one can tell, and whether that is enough."""
    speakers = {dict(document.attributes).get(SPEAKER, "") for document in documents}
    if "" not in speakers:
        return len(speakers), len(speakers) >= FEWEST_PERSONS
    # A document that names no meeting may be of one of the others; one text under several names is one document.
    count = len(meetings_of(documents)) or len({document.text or document.name for document in documents})
    return count, count >= FEWEST_MEETINGS


def chosen_quotations(ticked: pd.DataFrame, possible: pd.DataFrame) -> pd.DataFrame:
    """The quotations that a person dated (schema ``citations``), spelt as in the codings; the index is kept.

    ``possible`` has the columns of `quotable`. Sentences are matched by their words, since a spreadsheet may change an
    apostrophe; brackets, as « […] », hide any words. One without ``voix`` is not possible: it must not be published.
    """
    known = {(row.theme, _words_key(row.citation)): row for row in possible.itertuples()}
    dated, rows = ticked[ticked["relue_le"].notna()], []
    for row in dated.itertuples():
        match = known.get((row.theme, _words_key(row.citation)))
        if not match and "[" in row.citation:
            near = (each for (theme, _), each in known.items() if theme == row.theme)
            match = next((each for each in near if is_masked(row.citation, each.citation)), None)
            match = match and match._replace(citation=row.citation)
        rows.append((match.citation, match.mots, match.voix) if match else (row.citation, None, None))
    matched = pd.DataFrame(rows, columns=["citation", "mots", "voix"], index=dated.index)
    matched = matched.astype({"citation": "str", "mots": "Int64", "voix": "Int64"})
    return dated[["theme", "relue_le"]].join(matched)[["theme", "citation", "relue_le", "mots", "voix"]]


def is_masked(written: str, said: str) -> bool:
    """Whether a sentence is what was said, but for what its brackets hide."""
    parts = (re.escape(_words_key(part)) for part in re.split(r"\[[^\]]*\]", written))
    return bool(re.fullmatch(" ?.+ ?".join(parts), _words_key(said)))


def _words_key(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", sentence).casefold()))
