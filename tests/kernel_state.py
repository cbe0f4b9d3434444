"""What a notebook can see of its kernel, as JSON on the last line: the cell of `test_kernels` that two kernels run."""

import decimal
import gc
import json
import locale
import logging
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython import get_ipython


def words(value: object) -> str:
    """Its text, without addresses."""
    return re.sub(r"0x[0-9a-f]+", "0x", repr(value))


def state() -> dict:
    shell = get_ipython()
    names = [name for name in pd.describe_option(_print_desc=False).split("\n") if re.match(r"[a-z_.]+ :", name)]
    with warnings.catch_warnings(action="ignore"):
        options = {name.split()[0]: words(pd.get_option(name.split()[0])) for name in names}
        pd.reset_option("display.max_columns")
    return {
        "pandas": options,
        "columns": pd.get_option("display.max_columns"),
        "matplotlib": {name: words(value) for name, value in dict.items(matplotlib.rcParams)},
        "figures": [matplotlib.get_backend(), matplotlib.is_interactive(), plt.get_fignums()],
        "numpy": [np.geterr(), words(np.get_printoptions())],
        "decimal": words(decimal.getcontext()),
        "path": sys.path,
        "program": [sys.argv[0], sys.executable, sys.prefix, words(sys.flags), words(sys._xoptions), sys.warnoptions],
        "environment": {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"},
        "parent": int(os.environ["JPY_PARENT_PID"]),
        "place": [str(Path.cwd()), tempfile.gettempdir(), time.tzname],
        "signals": {each.name: words(signal.getsignal(each)) for each in signal.Signals if each.value < 32},
        "blocked": words(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "session": [os.getsid(0) == os.getpid(), os.getpgrp() == os.getpid()],
        "limits": {name: resource.getrlimit(getattr(resource, name)) for name in dir(resource) if name.startswith("RLIMIT")},
        "collector": [gc.isenabled(), gc.get_threshold()],
        "language": [locale.setlocale(locale.LC_ALL), locale.getpreferredencoding(), sys.stdout.encoding],
        "log": [logging.root.level, words(logging.root.handlers)],
        "hooks": [words(each) for each in (sys.excepthook, sys.displayhook, threading.excepthook, sys.gettrace())],
        "processes": [multiprocessing.get_start_method(allow_none=True), multiprocessing.current_process().name, multiprocessing.current_process().daemon],
        "numbers": [sys.getrecursionlimit(), sys.getswitchinterval()],
        "shell": [sorted(shell.extension_manager.loaded), {name: len(calls) for name, calls in shell.events.callbacks.items()}],
        "shown": sorted(words(kind) for each in shell.display_formatter.formatters.values() for kind in [*each.type_printers, *each.deferred_printers]),
        "silenced": sorted(words(each) for each in warnings.filters),
    }


if __name__ == "__main__":
    print(json.dumps(state()))
