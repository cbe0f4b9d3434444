"""The verbs of the command, in the order of the help. To add one: its module, with a ``VERB``, and a name here."""

from helpers.cli import check, develop, doctor, lab, run, share, status

VERBS = (run.VERB, share.VERB, lab.VERB, check.VERB, status.VERB, doctor.VERB, develop.TEST, develop.GENERATE)
