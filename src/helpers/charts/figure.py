"""A drawing with everything that must travel with it, as one piece of HTML."""

from collections.abc import Callable, Iterable

from markupsafe import Markup
from matplotlib.figure import Figure

from helpers.charts.download import csv_address
from helpers.charts.sheet import NARROW, WIDE, on
from helpers.charts.svg import to_address, to_svg
from helpers.wording import Html, fragment, plain


def compose(
    draw: Callable[..., Figure],
    *,
    id: str,
    title,
    subtitle: str,
    reading,
    base,
    source: str,
    alt: str,
    table: Html,
    notes: Iterable = (),
) -> Html:
    """The figure as one HTML block: caption, image with alt text, reading, base, source, folded data and their CSV.

    ``draw`` makes the drawing on the ``sheet`` it is given; it is called for a wide one and for a narrow one, and the
    browser chooses. Where ``<picture>`` is taken away (JupyterLab, for a notebook that it does not trust), the wide one
    stays.
    """
    wide, narrow = (Markup(to_address(to_svg(on(sheet, draw)), is_alone=sheet is WIDE)) for sheet in (WIDE, NARROW))
    name = id.replace("_", "-").replace("/", "-")
    html = fragment(
        "figure.html.j2",
        id=name,
        title=title,
        subtitle=subtitle,
        wide=wide,
        narrow=narrow,
        alt=alt,
        reading=reading if plain(reading) else "",
        notes=list(notes),
        base=base,
        source=source,
        table=table,
        data=Markup(csv_address(table.html)),
    )
    return Html(html, f"{plain(title)}\n{alt}")


class Figures(Html):
    """Several figures displayed as one; without any, the box ``empty`` that says so.

    >>> rien = wording.Html("<p>…</p>", "Pas de donnée.")
    >>> charts.Figures([], empty=rien).text, charts.Figures([wording.Html("<b>1</b>", "1")], empty=rien).text
    ('Pas de donnée.', '1')
    """

    def __init__(self, figures: list[Html], *, empty: Html) -> None:
        shown = figures or [empty]
        super().__init__("\n".join(figure.html for figure in shown), "\n\n".join(figure.text for figure in shown))
