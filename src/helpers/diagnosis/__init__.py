"""Is this computer ready? Standard library only, so that a broken installation can be told.

A check is a function without argument that gives a `Finding`; to add one, name it in ``CHECKS``.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from helpers.diagnosis import libraries, machine
from helpers.diagnosis.finding import GOOD, MISSING, NOTE, Finding

__all__ = ["CHECKS", "GOOD", "MISSING", "NOTE", "Finding", "diagnose"]

# Label (for a check that fails) and check, in reading order.
CHECKS: dict[str, Callable[[], Finding]] = {
    "système": machine.system,
    "Python": libraries.python,
    "environnement": libraries.environment,
    "bibliothèques": libraries.versions,
    "chargement": libraries.loading,
    "noyau Jupyter": libraries.kernel,
    "JupyterLab": libraries.language,
    "encodage": machine.encoding,
    "dossier": machine.place,
    "écriture": machine.writing,
    "disque": machine.disk,
    "navigateur": machine.browser,
    "git": machine.git,
    "années": machine.years,
}


def _checked(label: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # whatever a check meets, the others must be told
        remedy = "envoyez ce diagnostic à qui vous a remis le projet"
        return Finding(label, MISSING, f"contrôle impossible ({type(error).__name__})", remedy)


def diagnose() -> list[Finding]:
    """What every check says, in order. They run side by side: two of them wait for another process.

    >>> [trouve.label for trouve in diagnosis.diagnose()][:4]
    ['système', 'Python', 'environnement', 'bibliothèques']
    """
    with ThreadPoolExecutor() as pool:
        return list(pool.map(_checked, CHECKS, CHECKS.values()))
