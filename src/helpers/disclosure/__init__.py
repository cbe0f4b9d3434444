"""Disclosure control: controlled rounding of a release, and the intruder test that judges it."""
