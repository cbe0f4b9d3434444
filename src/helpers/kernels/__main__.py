"""Imported by the forkserver alone: everything is loaded at this import. Whoever wants a name takes it in `zygote`."""

from helpers.kernels import zygote

zygote.load()
