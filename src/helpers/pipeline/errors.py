"""What can stop a run, in words for the person who asked for it."""


class NotebookFailure(Exception):
    """A notebook that did not run to its end: its text says in French which one, where, and the likely cause.

    ``is_input`` tells a fault of the data or of the parameters (exit code 2) from a fault of the program.
    """

    def __init__(self, message: str, *, is_input: bool = False) -> None:
        super().__init__(message)
        self.is_input = is_input
