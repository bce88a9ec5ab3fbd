"""A simulated provider in this process, and a client that has its token."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from simulated_roster_client import HOST, RosterClient

from yellowbus.simulators.district import District
from yellowbus.simulators.oneroster import OneRoster, Options


@pytest.fixture(scope="session")
def roster_district() -> District:
    """400 students whom no test changes."""
    return District(students=400, seed=7)


@pytest.fixture
def connect(roster_district: District) -> Callable[..., RosterClient]:
    """Start a provider with these options, make a client and sign in."""

    def start(
        options: Options | None = None, *, district: District | None = None, version: str = "1.1", **more: Any
    ) -> RosterClient:
        app = OneRoster(district or roster_district, options, **more)
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)
        client = RosterClient(app, http, app.sis.rostering.clients.add("Invented Sync"), version)
        client.sign_in()
        return client

    return start


@pytest.fixture
def client(connect: Callable[..., RosterClient]) -> RosterClient:
    return connect()


@pytest.fixture(params=["1.1", "1.2"])
def either(request: pytest.FixtureRequest, connect: Callable[..., RosterClient]) -> RosterClient:
    """The same provider, asked in each version."""
    return connect(version=request.param)
