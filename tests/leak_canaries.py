"""Texts that stand nowhere but where they were planted: a set for each file, drawn anew at each run."""

import os
import random
from dataclasses import dataclass, field

# Said when a test fails, so that the same run can be made again.
SEED = int(os.environ.get("ALSES_GRAINE", 0)) or random.SystemRandom().randrange(1, 10**9)
_SYLLABLES = ["bré", "çou", "dwi", "flâ", "gnu", "hœl", "jéx", "kro", "lyd", "mbu", "ñan", "pfi", "quô", "rzé", "stî", "vro"]


@dataclass
class Draw:
    """Draws canaries, and keeps them."""

    draw: random.Random
    planted: list[str] = field(default_factory=list)

    def word(self) -> str:
        """A name that nobody bears, with accents."""
        return "".join(self.draw.choices(_SYLLABLES, k=4)).capitalize()

    def make(self, kind: str) -> str:
        """A text of a kind: a name, an INE, a day of birth …; « one » is one word, for what takes no space."""
        number, word = self.draw.randrange, self.word
        made = {
            "name": lambda: f"{word()} {word()}",
            "one": lambda: f"{word()}{number(10**4, 10**5)}",
            "ine": lambda: f"{number(10**9, 10**10)}{self.draw.choice('CDFGHJK')}",
            # With spaces that no date of ours has, so that it is nobody else's.
            "birth": lambda: f"{number(1, 29):02} {word()[:4].lower()} {number(2014, 2019)}",
            "phone": lambda: "06 " + " ".join(f"{number(100):02}" for _ in range(4)),
            "mail": lambda: f"{number(10**5, 10**6)}.{self.draw.choice('abcdef')}xq@{number(10**5)}exemple.fr",
            "street": lambda: f"{number(100, 999)} rue d’{word()}",
            "text": lambda: f"vu chez {word()} & {word()} (hier)",
        }[kind]()
        self.planted.append(made)
        return made

    def some(self) -> list[str]:
        """One of each kind."""
        return [self.make(kind) for kind in ("name", "one", "ine", "birth", "phone", "mail", "street", "text")]


def canaries(salt: str) -> Draw:
    """A set that differs from one place to the next and from one run to the next."""
    return Draw(random.Random(f"{SEED}/{salt}"))
