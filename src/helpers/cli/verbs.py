"""The verbs of the command, in the order of the help. To add one: its module, with a ``VERB``, and a name here."""

from helpers.cli import (
    check,
    develop,
    doctor,
    export_coding,
    import_coding,
    lab,
    new_year,
    run,
    share,
    simulate,
    status,
    verify,
)

VERBS = (
    run.VERB,
    share.VERB,
    lab.VERB,
    new_year.VERB,
    check.VERB,
    import_coding.VERB,
    export_coding.VERB,
    simulate.VERB,
    status.VERB,
    verify.VERB,
    doctor.VERB,
    develop.TEST,
    develop.GENERATE,
)
