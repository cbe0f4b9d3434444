"""What can go wrong when a report is published, in words for the person who asked for it."""


class PublicationError(Exception):
    """The report cannot be published: its text is one French sentence that says what to do."""


class BusyError(PublicationError):
    """Another run, or another share, is at work on the same data."""


class ReportError(PublicationError):
    """There is no published report, or it is no longer the one that was published: nothing can be made from it."""
