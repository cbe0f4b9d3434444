"""Kernels forked from a process that has loaded the libraries once, where the system allows it."""
