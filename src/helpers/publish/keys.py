"""The key of a figure, said once for a row of a table: on each of its cells it weighed a fiftieth of the page."""

from bs4 import BeautifulSoup

KEY = "data-cle"


def share_keys(body: BeautifulSoup) -> None:
    """A row whose numbers all come from one figure bears its key, and they do not; in place.

    The key of a number is its own, else that of the row it stands in.

    >>> cells = "".join(f"<td><data data-cle='a'>{value}</data></td>" for value in (1, 2))
    >>> page = BeautifulSoup(f"<tr>{cells}</tr>", "html.parser")
    >>> share_keys(page)
    >>> print(page)
    <tr data-cle="a"><td><data>1</data></td><td><data>2</data></td></tr>
    """
    for row in body.find_all("tr"):
        marks = row.find_all("data")
        if len(marks) > 1 and len({mark[KEY] for mark in marks}) == 1:
            row[KEY] = marks[0][KEY]
            for mark in marks:
                del mark[KEY]
