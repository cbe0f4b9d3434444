"""The order: check, run the notebooks with Papermill, export them with nbconvert, publish whole or not at all."""

from helpers.pipeline.execute import NotebookFailure
from helpers.pipeline.given import Given, given
from helpers.pipeline.report import BusyError, make_report

__all__ = ["BusyError", "Given", "NotebookFailure", "given", "make_report"]
