"""A year of eight coded meetings in which what must be found is known: pairs, disagreements, words of themes.

Two persons coded the minutes sentence by sentence. Every sentence is drawn with one seed: the same year each time.
"""

import random
from typing import NamedTuple

from helpers.codings.model import Code, Document, Passage, Project

MEETINGS = 8
SENTENCES = 110
CODES = (
    Code("Lieux"), Code("Bureau", "Lieux"), Code("Temps"), Code("Équipe"), Code("Élèves"), Code("Familles"), Code("Jamais"),
)  # fmt: skip
THEMES = ("Lieux", "Temps", "Équipe", "Élèves", "Familles")
# The lemma to find for a theme, and how it is written: plural, after an apostrophe, with its accents apart.
PLANTED = {
    "Lieux": ("couloir", ("couloirs", "couloir")),
    "Temps": ("horaire", ("d’horaires", "l'horaire")),
    "Équipe": ("équipe", ("l’équipe", "l'e\u0301quipe", "équipes")),
    "Élèves": ("élève", ("élèves", "e\u0301le\u0300ves")),
}
# As frequent as the others, in any theme: none must be found.
DECOYS = ("tableau", "fenêtre", "chemin", "journal")
# Code of the sentence, code put on a part of it too, how many times: the last is too rare to be drawn.
PAIRS = (("Équipe", "Temps", 7), ("Lieux/Bureau", "Familles", 3), ("Élèves", "Lieux", 2))
# Meeting, sentence (the first ones, which hold no pair), code of A, of B; nothing where one left the sentence out.
DISAGREEMENTS = (
    (0, 0, "Lieux", "Temps"), (0, 1, "Lieux", ""), (2, 0, "", "Équipe"), (3, 1, "Élèves", "Familles"), (5, 2, "Temps", ""),
    (7, 0, "Lieux/Bureau", "Lieux"),
)  # fmt: skip
_RESERVED = 3
_NEUTRAL = (
    "ballon bateau bois cahier café caisse carte chaise chaussure cheval clé colline corde couleur couteau cuisine dessin "
    "échelle éponge étoile farine ferme feuille fleur fleuve forêt four fromage fruit gare glace gomme herbe horloge huile "
    "jardin lampe lettre lune maison marteau mer miel montagne musique neige nuage oiseau ombre orange papier parapluie "
    "pierre plage planche pluie poire pomme pont porte poule radio rivière robe route sable sac savon sel soleil soupe "
    "sucre table tambour tapis terre toit train valise vallée vélo verre village vitre voile voiture"
).split()


class Sentence(NamedTuple):
    """A sentence of the minutes, and what A coded it under."""

    meeting: int
    start: int
    text: str
    code: str


def name(meeting: int) -> str:
    return f"compte rendu {meeting + 1}"


def _text(draw: random.Random, code: str) -> str:
    words = [draw.choice(_NEUTRAL) for _ in range(11)]
    for theme, (_, forms) in PLANTED.items():
        chance = 0.45 if code.split("/")[0] == theme else 0.05
        if draw.random() < chance:
            words[draw.randrange(11)] = draw.choice(forms)
    for decoy in DECOYS:
        if draw.random() < 0.12:
            words[draw.randrange(11)] = decoy
    return f"On note {' '.join(words)}."


def _sentences(draw: random.Random) -> tuple[list[Sentence], list[Document]]:
    differ = {(meeting, rank): first for meeting, rank, first, _ in DISAGREEMENTS}
    sentences, documents = [], []
    for meeting in range(MEETINGS):
        at, parts = 0, []
        for rank in range(SENTENCES):
            # A fifth of what is said is coded by nobody.
            code = draw.choice([*THEMES, ""]) if rank >= _RESERVED else differ.get((meeting, rank), "Familles")
            text = _text(draw, code)
            sentences.append(Sentence(meeting, at, text, code))
            parts.append(text)
            at += len(text) + 1
        documents.append(
            Document(name(meeting), " ".join(parts), "compte_rendu", (("reunion", f"réunion {meeting + 1}"),))
        )
    return sentences, documents


def _passage(sentence: Sentence, code: str, coder: str, *, skip: int = 0) -> Passage:
    end = sentence.start + len(sentence.text)
    return Passage(name(sentence.meeting), sentence.start + skip, end, sentence.text[skip:], code, coder)


def _paired(draw: random.Random, sentences: list[Sentence], coder: str) -> tuple[dict[int, str], list[Passage]]:
    """The sentences that take the first code of a pair, and the passages of the second, without « On note »."""
    free = [place for place in range(len(sentences)) if place % SENTENCES >= _RESERVED]
    draw.shuffle(free)
    firsts, seconds = {}, []
    for first, second, times in PAIRS:
        for place in [free.pop() for _ in range(times)]:
            firsts[place] = first
            seconds.append(_passage(sentences[place], second, coder, skip=8))
    return firsts, seconds


def coded_year(seed: int = 8) -> Project:
    """The year, coded by A and by B."""
    draw = random.Random(seed)
    sentences, documents = _sentences(draw)
    differ = {(meeting, rank): second for meeting, rank, _, second in DISAGREEMENTS}
    passages, order = [], draw.random()
    for coder in "AB":
        firsts, seconds = _paired(random.Random(order), sentences, coder)
        passages += seconds
        for place, sentence in enumerate(sentences):
            code = firsts.get(place, sentence.code)
            if coder == "B":
                code = differ.get((sentence.meeting, place % SENTENCES), code)
            if code:
                passages.append(_passage(sentence, code, coder))
    return Project(CODES, tuple(documents), tuple(passages))


def spoken_year() -> Project:
    """Eight meetings without codes, each in one of three vocabularies, which share half of their words."""
    draw, documents = random.Random(3), []
    for rank in range(MEETINGS):
        own = _NEUTRAL[12 * (rank % 3) :][:12]
        words = [draw.choice(own if draw.random() < 0.4 else _NEUTRAL[36:]) for _ in range(1_300)]
        text = " ".join(f"{' '.join(words[at : at + 12])}." for at in range(0, 1_300, 12))
        documents.append(Document(name(rank), text, "verbatim", (("reunion", f"réunion {rank + 1}"),)))
    return Project(documents=tuple(documents))
