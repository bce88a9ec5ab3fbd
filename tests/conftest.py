"""One PostgreSQL for all tests of this checkout, one database for each test process, one transaction for each test."""

import os
import tempfile
from collections.abc import Iterator

import pytest

from own_server import DATA, database, named

_OWN = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
_FOLDER = tempfile.TemporaryDirectory(prefix="yellowbus-test-")


def pytest_configure() -> None:
    """Django is ready when the first test module is read; its database is made when the first test asks for it."""
    import django

    from yellowbus.config.server import LocalServer

    os.environ |= {
        "DATABASE_URL": named(LocalServer(DATA).url, _OWN),
        "YELLOWBUS_DATA": _FOLDER.name,
        "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES": "1",
        "DJANGO_SETTINGS_MODULE": "yellowbus.config.settings",
    }
    django.setup()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of the running server's own database, for making others."""
    from yellowbus.config.server import LocalServer

    local = LocalServer(DATA)
    yield local.start()
    local.release()


@pytest.fixture(scope="session")
def migrated(server: str) -> Iterator[None]:
    from django.db import connection

    from yellowbus.config.database import migrate

    with database(server, _OWN):
        migrate()
        yield
        connection.close()


@pytest.fixture
def db(migrated: None) -> Iterator[None]:
    """The database, as it was again after the test."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)
