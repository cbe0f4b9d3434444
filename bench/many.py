"""Many reports at once, by the project's engine: ``many.py SITES``, after ``run`` has made the year.

The project makes no report of a site yet: the same three notebooks of the network are executed and laid out, as many
times, as they will be for sites.
"""

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from naive import OF_A_SITE, YEAR

from helpers.kernels import fork


def make(name: str, place: Path) -> None:
    """A notebook executed in a folder of its own, and its page."""
    from helpers import parameters
    from helpers.report.index import PAGES
    from helpers.report.notebook import export_page, extract
    from helpers.run.execution import execute

    choice = parameters.check("03_compare", year=YEAR)
    notebook = execute(name, choice.of(name), place / f"{name}.ipynb").notebook
    foot = "\n".join(extract(notebook, "provenance"))
    html = export_page(notebook, name=name, pages=PAGES, foot=foot, subtitle="")
    (place / f"{name}.html").write_text(html, encoding="utf-8")


def main(sites: int) -> None:
    """Makes 02, 03 and 04 and their pages for so many sites, in parallel on every available processor."""
    fork.start()
    jobs = len(os.sched_getaffinity(0)) + 1  # one more than processors: the runner itself waits for the kernels
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as executor:
        places = [Path(folder) / str(number) for number in range(sites)]
        made = [executor.submit(make, name, place) for place in places for name in OF_A_SITE]
        for each in made:
            each.result()


if __name__ == "__main__":
    main(int(sys.argv[1]))
