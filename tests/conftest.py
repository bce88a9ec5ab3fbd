"""One PostgreSQL for all tests of this checkout, one database for each test process, one transaction for each test."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import psycopg
import pytest

HERE = Path(__file__).resolve()
_NAME = blake2b(str(HERE).encode(), digest_size=6).hexdigest()
# PostgreSQL does not run as root, so as root its folder must be reachable for another user.
DATA = Path(f"/var/lib/yellowbus/tests-{_NAME}") if os.geteuid() == 0 else HERE.parent.parent / ".yellowbus" / "tests"


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


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return url.replace("/yellowbus?", f"/{database}?")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of the running server's own database, for making others."""
    from yellowbus.config.server import LocalServer

    local = LocalServer(DATA)
    yield local.start()
    local.release()


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """A fresh, empty database for as long as it is used; its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield named(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
