"""Who is named in a text, and what stands in the place of a name? What can be recognised only: a person rereads.

Addresses, telephones, numbers of persons, dates of birth, names after a title, and the names of a list, each replaced
by one mark in all the texts of a year. What was replaced is counted, never told.
"""

from helpers.pseudonyms.marks import birth_dates, identifiers, mails
from helpers.pseudonyms.replaced import Pseudonyms

__all__ = ["Pseudonyms", "birth_dates", "identifiers", "mails"]
