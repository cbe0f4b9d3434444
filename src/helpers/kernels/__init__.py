"""Kernels forked from a process that has loaded the libraries once (Linux); ordinary ones elsewhere."""
