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

    def _keep(self, text: str) -> str:
        self.planted.append(text)
        return text

    def name(self) -> str:
        """A first name and a name."""
        return self._keep(f"{self.word()} {self.word()}")

    def one(self) -> str:
        """One word, for what takes no space: a user, a machine, a column."""
        return self._keep(f"{self.word()}{self.draw.randrange(10**4, 10**5)}")

    def ine(self) -> str:
        return self._keep(f"{self.draw.randrange(10**9, 10**10)}{self.draw.choice('CDFGHJK')}")

    def birth(self) -> str:
        """A day of birth; written with three spaces that no date of ours has, so that it is nobody else's."""
        return self._keep(f"{self.draw.randrange(1, 29):02} {self.word()[:4].lower()} {self.draw.randrange(2014, 2019)}")

    def phone(self) -> str:
        return self._keep("06 " + " ".join(f"{self.draw.randrange(100):02}" for _ in range(4)))

    def mail(self) -> str:
        return self._keep(f"{self.draw.randrange(10**5, 10**6)}.{self.draw.choice('abcdef')}xq@{self.draw.randrange(10**5)}exemple.fr")

    def street(self) -> str:
        return self._keep(f"{self.draw.randrange(100, 999)} rue d’{self.word()}")

    def text(self) -> str:
        return self._keep(f"vu chez {self.word()} & {self.word()} (hier)")

    def some(self) -> dict[str, str]:
        """One of each kind."""
        kinds = ("name", "one", "ine", "birth", "phone", "mail", "street", "text")
        return {kind: getattr(self, kind)() for kind in kinds}


def canaries(salt: str) -> Draw:
    """A set that differs from one place to the next and from one run to the next."""
    return Draw(random.Random(f"{SEED}/{salt}"))
