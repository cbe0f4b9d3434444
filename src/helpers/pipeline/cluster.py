"""A Dask cluster, as an executor of the standard library: the same tasks, on other machines."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from helpers import paths
from helpers.pipeline.errors import NotebookFailure
from helpers.schema import DataError

# What encrypts the way: between these, Dask wants the certificates of its own configuration on both sides.
ENCRYPTED = ("tls://", "wss://")
# A machine that ends in the middle gives its tasks to the others; one that fails is not tried for ever.
RETRIES = 2
CONNECT_S = 10


def require_safe(address: str, years: list[int]) -> None:
    """Refuses a way that anybody on the network can read when records of persons would take it.

    Raises
    ------
    DataError
        with the remedy.

    >>> from helpers.pipeline import cluster
    >>> cluster.require_safe("tcp://10.0.0.1:8786", [2020])
    """
    exported = [year for year in years if paths.exports(year)]
    if exported and not address.startswith(ENCRYPTED):
        raise DataError(
            f"L’export de {exported[0]} décrit des personnes : il ne part que vers une adresse chiffrée "
            f"(tls://…), et celle-ci ne l’est pas : {address}. Voyez docs/scaling.md."
        )


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """The cluster at this address, for as long as the block runs.

    Raises
    ------
    NotebookFailure
        when Dask is not installed, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise NotebookFailure(
            "Il manque la bibliothèque Dask : installez-la dans l’environnement du projet "
            "(pip install -r requirements/cluster.lock), puis relancez."
        ) from None
    try:
        client = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise NotebookFailure(
            f"Aucun cluster ne répond à {address} ({type(error).__name__}) : vérifiez l’adresse et les certificats."
        ) from None
    with client, client.get_executor(retries=RETRIES, pure=False) as executor:
        yield executor
