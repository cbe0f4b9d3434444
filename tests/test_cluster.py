"""The same notebook by other machines: a real cluster of two processes, one of which is killed at work."""

import os
import signal
import threading
import time
from contextlib import contextmanager

import pytest

from helpers import parameters
from helpers.run import execution as cluster
from helpers.run import report
from helpers.run.tasks import NotebookFailure, tasks_of
from helpers.schema import DataError
from small_export import write_export

distributed = pytest.importorskip("distributed", reason="requirements/cluster.lock is not installed")

# What is shared by nobody but the tests: no page of its own, nothing in the terminal.
ALONE = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None, "silence_logs": 50}


@contextmanager
def killed_at_work(address: str):
    """Meanwhile, the first process of the cluster that is seen at work is killed, in the middle of a notebook."""
    killed = []

    def kill() -> None:
        with distributed.Client(address, set_as_default=False) as client:
            while not any(client.processing().values()):
                time.sleep(0.05)
            busy = next(worker for worker, tasks in client.processing().items() if tasks)
            time.sleep(1)
            killed.append(client.run(os.getpid, workers=[busy])[busy])
            os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    killer.join()
    assert len(killed) == 1


def test_a_notebook_is_the_same_though_a_machine_dies_at_work(published):
    tasks = tasks_of(parameters.check("03_compare", year=2032))
    [task] = [each for each in tasks if each.notebook == "04_themes"]
    expected = task.executed.read_bytes()
    task.executed.unlink()
    with distributed.LocalCluster(**ALONE) as local, killed_at_work(local.scheduler_address):
        with cluster.connected(local.scheduler_address) as executor:
            cluster.executing_by(executor.submit, tasks)(task)
    assert task.executed.read_bytes() == expected


@pytest.mark.parametrize(("address", "is_safe"), [("tcp://10.0.0.1:8786", False), ("10.0.0.1:8786", False), ("tls://10.0.0.1:8786", True)])
def test_records_of_persons_only_go_where_nobody_listens(data_root, address, is_safe):
    cluster.require_safe(address, [2032])  # printed figures are public
    write_export(data_root)
    if is_safe:
        cluster.require_safe(address, [2032, 2033])
        return
    with pytest.raises(DataError, match="adresse chiffrée"):
        report.make_report(2033, scheduler=address, tell=lambda _: None)
    assert not (data_root / "reports").exists()


def test_nobody_at_the_address_is_one_sentence(data_root, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_S", 0.5)
    with pytest.raises(NotebookFailure, match="Aucun cluster ne répond à tcp://127.0.0.1:9"):
        report.make_report(2032, scheduler="tcp://127.0.0.1:9", tell=lambda _: None)


def test_a_machine_with_another_version_of_the_project_refuses():
    sent = cluster.Sent("04_themes", {"year": 2032}, {}, code="another")
    with pytest.raises(NotebookFailure, match="même version"):
        cluster.run_there(sent)
