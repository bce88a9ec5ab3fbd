"""A simulated SIS in this process, and a client that has walked the way to a token."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from simulated_client import Client, plugin_xml

from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Options, PowerSchool


@pytest.fixture(scope="session")
def shared_district() -> District:
    """600 students whom no test changes."""
    return District(students=600, seed=7)


@pytest.fixture
def district() -> District:
    """A district that a test may change."""
    return District(students=120, seed=3)


@pytest.fixture
def connect(shared_district: District) -> Callable[..., Client]:
    """Start a simulator with these options, install and enable a plugin, and sign in."""

    def start(
        options: Options | None = None,
        *,
        upload: bytes | None = None,
        district: District | None = None,
        **more: Any,
    ) -> Client:
        app = PowerSchool(district or shared_district, options, **more)
        plugin = app.sis.plugins.install(upload or plugin_xml())
        app.sis.plugins.enable(plugin)
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url="https://sis.example.org")
        client = Client(app, http, plugin)
        client.sign_in()
        return client

    return start


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()
