"""``python -m helpers.cli``: what alses.py hands over to."""

import sys

from helpers.cli import main

sys.exit(main())
