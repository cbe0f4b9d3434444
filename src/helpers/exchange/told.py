"""What a file holds that is not kept, counted and said in French."""

from collections import Counter

from helpers.typography import french_spaces, shortened

# Past these the reader goes back to the tool; the count stands for the others.
MOST_LINES = 20


class Told:
    """Sentences for the person who imports, without a word of what was said in a meeting."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._unmatched: list[str] = []
        self._notes: dict[str, None] = {}

    def left_out(self, what: str, count: int = 1) -> None:
        """So many things of a kind, by their plural name, are not kept."""
        if count > 0:
            self._counts[what] += count

    def note(self, sentence: str) -> None:
        """A sentence, once."""
        self._notes[sentence] = None

    def unmatched(self, document: str, start: int, end: int, code: str) -> None:
        """A passage is not at its place in the text: reported, never moved."""
        # `is_unmatched` knows such a sentence by its beginning.
        place = f"« {shortened(document)} », positions {start} à {end}, code « {shortened(code)} »"
        self._unmatched.append(f"Passage non gardé, il ne correspond pas à son texte : {place}.")

    def sentences(self) -> tuple[str, ...]:
        """All that was told, passages first."""
        said = self._unmatched[:MOST_LINES]
        if more := len(self._unmatched) - len(said):
            said.append(f"Passages non gardés, ils ne correspondent pas à leur texte : {more} autres.")
        said += [*self._notes][:MOST_LINES]
        if more := len(self._notes) - MOST_LINES:
            said += [f"Autres remarques : {more}."] if more > 0 else []
        said += [f"Non gardé : {what} ({count})." for what, count in self._counts.items()]
        return tuple(french_spaces(" ".join(sentence.split())) for sentence in said)


def is_unmatched(sentence: str) -> bool:
    """Whether what was told is of a passage that is not at its place: a fault, where the rest is for information.

    >>> exchange.is_unmatched("Passage non gardé, il ne correspond pas à son texte.")
    True
    """
    return sentence.startswith("Passage")
