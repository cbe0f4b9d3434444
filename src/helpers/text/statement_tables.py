"""A value of the year beside a statement: in its shortest words, and linked to the section that shows it."""

from markupsafe import Markup

from helpers.indicators.lookup import Fact, Facts, statement_anchor, title_of_path
from helpers.schema import catalogue
from helpers.text.formats import Html, plain, population, say_base, say_count, say_share

# Below this base a share would look more precise than it is: the count is given instead.
SHARE_FROM_BASE = 100
PAGE = "02_describe.html"


def value_of(fact: Fact | None) -> Markup:
    """A value in its shortest words: a count on a base below ``SHARE_FROM_BASE``, else a share."""
    if fact and fact.counts and fact.base and fact.base[1] < SHARE_FROM_BASE:
        return Markup("{} sur {}").format(say_count(fact), say_base(fact))
    return say_share(fact)


def named_value(path: str, facts: Facts) -> Html:
    """A value with its name: a cell of a table.

    >>> chiffres = indicators.Facts(data.load(2020, "indicateurs"), year=2020)
    >>> for chemin in ("postes/equipe_sur_le_quartier/non", "alses/sexe/filles", "alses/niveau/3e"):
    ...     print(text.named_value(chemin, chiffres).text)
    Équipe de prévention sur le quartier : non, 6 sur 17
    Sexe : filles, 42 %
    Niveau de classe : 3e, pas de donnée
    """
    return _html(Markup("{}, {}").format(title_of_path(path), value_of(facts(path))))


def linked_value(path: str, facts: Facts) -> Html:
    """A value with its name and its population, target of the links of page 02; it links to the section that shows it.

    An unpublished value links nowhere: its section may not be on the page.
    """
    fact, title, id = facts(path), title_of_path(path), statement_anchor(path)
    anchor = catalogue().anchors.get(catalogue().indicators[path.split("/")[1]].topic)
    name = Markup('<span id="{}">{}</span>').format(id, title)
    if fact is not None and anchor:
        name = Markup('<a id="{}" href="{}#{}">{}</a>').format(id, PAGE, anchor, title)
    among = Markup(" ({})").format(population(fact)) if fact else ""
    return _html(Markup("{}, {}{}").format(name, value_of(fact), among))


def _html(markup: Markup) -> Html:
    return Html(str(markup), plain(markup))
