"""One suite for every connector: a check runs against each system whose conformance.toml says "done" to it.

A check is a test function of test_conformance.py that takes `side`, the other side: the system as side_<system>.py
starts it. A check of writing is one of test_writing.py that takes `writing`, which writing_<system>.py starts. Its name
as a sentence is its key in conformance.toml, in the connector's folder; those of writing stand in its table `writing`.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from declarations import declared, sentence, writes

from yellowbus.connectors.registry import SYSTEMS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    check = sentence(metafunc.function.__name__)
    if "side" in metafunc.fixturenames:
        systems = [system for system in SYSTEMS if declared(system).get(check) == "done"]
        metafunc.parametrize("side", systems, indirect=True)
    if "writing" in metafunc.fixturenames:
        systems = [system for system in SYSTEMS if writes(system, check)]
        metafunc.parametrize("writing", systems, indirect=True)


@pytest.fixture
def side(request, tmp_path, caplog, capfd) -> Iterator[Any]:
    """The other side, with its faults off. Whatever a check does, no secret may have been said."""
    started = import_module(f"side_{request.param}").start(tmp_path)
    yield started
    started.close()
    said = "".join((caplog.text, *capfd.readouterr()))
    assert [secret for secret in started.secrets if secret in said] == []


@pytest.fixture
def writing(request, tmp_path, caplog, capfd) -> Iterator[Any]:
    """The other side as one that can be written to. Neither a secret nor a student may have been said."""
    started = import_module(f"writing_{request.param}").start(tmp_path)
    yield started
    started.close()
    said = "".join((caplog.text, *capfd.readouterr()))
    assert [word for word in (*started.secrets, *started.personal) if word in said] == []
