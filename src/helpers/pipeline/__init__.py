"""The order: check, run the notebooks with Papermill, export them with nbconvert, publish whole or not at all."""

from helpers.pipeline.errors import NotebookFailure
from helpers.pipeline.given import Given, given
from helpers.pipeline.report import Step, make_report

__all__ = ["Given", "NotebookFailure", "Step", "given", "make_report"]
