"""What the workbench cannot do, said in one French sentence."""


class WorkbenchError(Exception):
    """JupyterLab that could not be started; the text says why and what to do."""
