"""The two persons of a year who can be compared, and where they do not agree."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from helpers.codings.agreement import disagreements
from helpers.codings.gathered import gather
from helpers.codings.places import of_coder
from helpers.exchange import Project


def two_coders(project: Project) -> tuple[str, str] | None:
    """The two persons with the most documents in common, then who coded the most; None when no two have one."""
    documents, passages = defaultdict(set), Counter(each.coder for each in project.passages)
    for each in project.passages:
        if each.coder:
            documents[each.coder].add(each.document)
    pairs = [
        (len(documents[one] & documents[two]), passages[one] + passages[two], (one, two))
        for one, two in combinations(sorted(documents), 2)
    ]
    shared, _, pair = max(pairs, key=lambda found: found[:2], default=(0, 0, None))
    return pair if shared else None


def differences(projects: Mapping[str, Project]) -> pd.DataFrame:
    """Where the two persons who coded the same documents of a year differ, for them to talk about it.

    The columns of `codings.disagreements`, ``pose_par`` being the person. Empty where no document has two coders. It
    holds what was said.

    >>> texte = exchange.Document("r1", "Un bureau pour recevoir.")
    >>> livre = (exchange.Code("lieux"), exchange.Code("aide"))
    >>> codages = {
    ...     qui: exchange.Project(livre, (texte,), (exchange.Passage("r1", 0, 24, texte.text, code.path),))
    ...     for qui, code in zip(("Yann", "Zoé"), livre, strict=True)
    ... }
    >>> codings.differences(codages)[["code", "pose_par", "autres_codes"]]
        code pose_par autres_codes
    0   aide      Zoé        lieux
    1  lieux     Yann         aide
    """
    project = gather(projects)
    pair = two_coders(project)
    if pair is None:
        return pd.DataFrame(columns=["document", "debut", "fin", "texte", "code", "pose_par", "autres_codes"])
    found = disagreements(*(of_coder(project, coder) for coder in pair))
    return found.assign(pose_par=found["pose_par"].map(dict(zip(("premier", "second"), pair, strict=True))))
