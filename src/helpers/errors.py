"""What stops the command for a reason that its user can act on. The text of each error is one French sentence.

Every room raises these and the command prints them, with `UserError.exit_code`: nothing else decides how an error ends.
What is wrong without being fatal is a French sentence too: a function that reads something returns its warnings with
the result; one that works for a while passes them to the ``tell`` that it is given.
"""


class UserError(Exception):
    """The program or the computer could not do it (a browser, JupyterLab…): its text says what to do."""

    exit_code = 1


class DataError(UserError):
    """A fault in what was received or asked: file, line, column, value, remedy.

    ``persons`` is how many persons of an export it concerns, None when that is not known.
    """

    exit_code = 2

    def __init__(self, *words: object, persons: int | None = None) -> None:
        super().__init__(*words)
        self.persons = persons

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback (IPython's protocol): the sentence, which says what to do."""
        return [str(self)]


class NotebookFailure(UserError):
    """A notebook that stopped: which one, where, and the likely cause.

    ``is_input`` tells a fault of the data or of the parameters (exit code 2) from a fault of the program.
    """

    def __init__(self, message: str, *, is_input: bool = False) -> None:
        super().__init__(message)
        self.is_input = is_input
        self.exit_code = 2 if is_input else 1


class PublicationError(UserError):
    """The report cannot be published."""


class BusyError(PublicationError):
    """Another run, or another share, is at work on the same data."""


class ReportError(PublicationError):
    """There is no published report, or it is no longer the one that was published: nothing can be made from it."""

    exit_code = 2


# What a notebook that runs for a report is told when it asks for persons, whatever way it asks.
NO_PERSONS = (
    "Un notebook du rapport ne lit que des comptes protégés, jamais des personnes : prenez chiffres.reponses(…), ou "
    "explorez les personnes à la main dans notebooks/20_explorer.ipynb, qui n’est jamais publié."
)
