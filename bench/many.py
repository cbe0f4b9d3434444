"""The reports of many sites at once, as the project makes them: ``many.py SITES``, after ``run`` has made the year."""

import os
import sys

from naive import OF_A_SITE, YEAR


def main(sites: int) -> None:
    """Makes 02, 03 and 04 and their pages, so many times, side by side on every processor that this process may use."""
    from helpers import pipeline

    make = getattr(pipeline, "make_site_reports", None)
    if make is None:
        raise SystemExit("the project does not make reports of sites yet")
    make(YEAR, [f"site_{number}" for number in range(sites)], notebooks=OF_A_SITE, jobs=len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
