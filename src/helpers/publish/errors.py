"""What can go wrong when a report is published, in words for the person who asked for it."""


class PublicationError(Exception):
    """The report cannot be published: its text is one French sentence that says what to do."""
