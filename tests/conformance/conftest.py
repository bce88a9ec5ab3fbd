"""One suite for every connector: a check runs against each system whose conformance.toml says "done" to it.

A check is a test function of test_conformance.py that takes `side`, the other side: the system as
side_<system>.py starts it. Its name as a sentence is its key in conformance.toml, in the connector's folder.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from declarations import declared, sentence

from yellowbus.connectors.registry import SYSTEMS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "side" in metafunc.fixturenames:
        check = sentence(metafunc.function.__name__)
        systems = [system for system in SYSTEMS if declared(system).get(check) == "done"]
        metafunc.parametrize("side", systems, indirect=True)


@pytest.fixture
def side(request, tmp_path, caplog, capfd) -> Iterator[Any]:
    """The other side, with its faults off. Whatever a check does, no secret may have been said."""
    started = import_module(f"side_{request.param}").start(tmp_path)
    yield started
    started.close()
    said = "".join((caplog.text, *capfd.readouterr()))
    assert [secret for secret in started.secrets if secret in said] == []
