"""Imported by the forkserver alone: importing it loads everything."""

from helpers.kernels import zygote

zygote.load()
