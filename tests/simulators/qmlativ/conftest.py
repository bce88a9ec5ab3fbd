"""A simulated Qmlativ in this process, and a client that has walked the way to a token."""

from collections.abc import Callable
from datetime import date
from typing import Any

import httpx2
import pytest
from qmlativ_client import HOST, Client

from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import Access, Options, Qmlativ

TODAY = 1_789_000_000.0  # a day in September 2026


@pytest.fixture(scope="session")
def whole_district() -> District:
    """600 students whom no test changes."""
    return District(students=600, seed=7)


@pytest.fixture
def district() -> District:
    """A district that a test may change."""
    return District(students=120, seed=3)


@pytest.fixture
def connect(whole_district: District) -> Callable[..., Client]:
    """Start a simulator with these options, add an integration access, and sign in."""

    def start(
        options: Options | None = None,
        *,
        district: District | None = None,
        clock: Callable[[], float] = lambda: TODAY,
        **more: Any,
    ) -> Client:
        app = Qmlativ(district or whole_district, options, clock=clock)
        asked = {"name": "Yellowbus", "key": "", "effective": date(2026, 7, 1), **more}
        access = app.sis.accesses.add(Access(id=0, **asked))
        secret = app.sis.accesses.generate_secret(access.id)
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)
        client = Client(app, http, access, secret)
        reply = client.token()
        if reply.status_code == 200:
            client.sign_in()
        return client

    return start


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()
