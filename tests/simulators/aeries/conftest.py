"""A simulated Aeries server in this process, and a client with both products set up."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from simulated_aeries_client import HOST, AeriesClient

from yellowbus.simulators.aeries import AREAS, Aeries, Options, Right, Type
from yellowbus.simulators.district import District


@pytest.fixture(scope="session")
def aeries_district() -> District:
    """600 students whom no test changes."""
    return District(students=600, seed=7)


@pytest.fixture
def connect(aeries_district: District) -> Callable[..., AeriesClient]:
    """Start a server with these options and set up a product of each kind that may read everything."""

    def start(
        options: Options | None = None, *, district: District | None = None, **more: Any
    ) -> AeriesClient:
        app = Aeries(district or aeries_district, options, **more)
        products = [app.sis.products.add("Invented Sync", kind) for kind in (Type.PUBLIC, Type.ONEROSTER)]
        for product in products:
            for area in AREAS:
                product.grant(area, Right.READ)
        http = httpx2.Client(transport=httpx2.WSGITransport(app=app), base_url=HOST)
        return AeriesClient(app, http, *products, root=app.sis.options.root)

    return start


@pytest.fixture
def client(connect: Callable[..., AeriesClient]) -> AeriesClient:
    return connect()
