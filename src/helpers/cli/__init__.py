"""The ``alses`` command: reads what is asked, calls the others, says in French what happened.

Exit codes: 0 done, 1 the program failed, 2 the request or the data cannot be used, 130 interrupted.
"""

import os
import signal
import sys
from types import FrameType

from helpers.cli import messages
from helpers.cli.messages import INTACT, complain, explain
from helpers.cli.parser import VERBS, build_parser

# Everything heavier than the imports above is imported by the verb that needs it: the help must be immediate.


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _end_as_by_ctrl_c() -> None:
    """A window that is closed and a program that is ended leave no temporary file and no browser behind either."""
    for name in ("SIGTERM", "SIGHUP"):
        ended = getattr(signal, name, None)  # Windows has no SIGHUP
        if ended and signal.getsignal(ended) == signal.SIG_DFL:  # nohup has it ignored
            signal.signal(ended, _interrupt)


def main(arguments: list[str] | None = None) -> int:
    """The exit code of the command; no traceback is shown, unless ``--debug`` asks for it.

    >>> main(["check", "--year", "2020"])
    2020 : les fichiers sont utilisables.
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if arguments is None:
        _end_as_by_ctrl_c()
    given = sys.argv[1:] if arguments is None else arguments
    parser = build_parser()
    if not given:
        parser.print_help()
        return 2
    options = parser.parse_args(given)
    act = next(verb.act for verb in VERBS if verb.name == options.verb)
    try:
        return act(options)
    except KeyboardInterrupt:
        complain(f"\nInterrompu. {INTACT}")
        return 130
    except BrokenPipeError:  # as in « status | head »: who was reading has left, and there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if options.debug:
            messages.show(error)
        return explain(error, given, getattr(options, "year", None))
