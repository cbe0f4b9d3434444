"""Kernels forked from a process that has loaded the libraries once, where the system allows it.

A notebook spends most of a short run importing what the three others import too. Here one process of the standard
library's forkserver imports it all (`zygote`), and each kernel is a fork of it: ready in milliseconds, its memory
shared, its state its own. To Papermill and nbclient it is a kernel like any other.

This module imports nothing but the standard library, so that `start` comes first in a command and the libraries load
on another processor while the command goes on.
"""

from helpers.kernels.fork import is_possible, start, stop

__all__ = ["is_possible", "manager_class", "start", "stop"]


def manager_class() -> str:
    """What Papermill takes as ``kernel_manager_class``: that of forked kernels where they are possible.

    >>> kernels.manager_class().rpartition(".")[0]
    'helpers.kernels.manager'
    """
    return f"helpers.kernels.manager.{'ForkedKernelManager' if is_possible() else 'PlainKernelManager'}"
