"""The numbers of a site too small for shares, the network's shares beside them."""

from markupsafe import Markup

from helpers.facts import Fact
from helpers.tables.frame import headings, lay_out
from helpers.wording import Html
from helpers.wording.agreement import say_base_unit
from helpers.wording.marks import say_base, say_count, say_share


def site_table(pairs: list[tuple[Fact, Fact]], *, place: str, caption: str) -> Html:
    """How many gave each answer in a site (persons), and the share of the network that did (per cent), with both bases.

    ``pairs`` are a figure of the site and the network's, answer by answer; ``place`` is a name of `facts.name_site`.

    >>> chiffre = facts.Facts(store.load(2020, "indicateurs"), year=2020)
    >>> filles = chiffre("alses/sexe/filles")
    >>> print(tables.site_table([(filles, filles)], place="collège Bel-Air", caption="Sexe").text)
    Sexe Réponse Collège Bel-Air (personnes) Tout le réseau (part) filles entre 927 et 949 42 % Ensemble 2 233 2 233
    personnes
    """
    own, network = f"{place[:1].upper()}{place[1:]} (personnes)", "Tout le réseau (part)"
    rows = [[fact.label, say_count(fact, cited=False), say_share(other, cited=False)] for fact, other in pairs]
    whole = Markup("{} {}").format(say_base(pairs[0][1]), say_base_unit(pairs[0][1]))
    last = ["Ensemble", say_base(pairs[0][0]), whole]
    return lay_out(caption, headings("Réponse", own, network, numbers=[own, network]), [*rows, last])
