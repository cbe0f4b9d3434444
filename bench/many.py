"""The reports of many sites at once, as the project makes them: ``many.py SITES``, after ``run`` has made the year."""

import os
import sys

from naive import OF_A_SITE, YEAR


def make():
    """The project's function that makes the reports of sites, None until there is one."""
    from helpers import pipeline

    return getattr(pipeline, "make_site_reports", None)


def main(sites: int) -> None:
    """Makes 02, 03 and 04 and their pages, so many times, side by side on every processor that this process may use."""
    names = [f"site_{number}" for number in range(sites)]
    make()(YEAR, names, notebooks=OF_A_SITE, jobs=len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
