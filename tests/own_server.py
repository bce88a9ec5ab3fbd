"""Where the PostgreSQL of the tests stands, and fresh databases on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

import psycopg

HERE = Path(__file__).resolve()
_NAME = blake2b(str(HERE).encode(), digest_size=6).hexdigest()
# PostgreSQL does not run as root, so as root its folder must be reachable for another user.
_AS_ROOT = Path(f"/var/lib/yellowbus/tests-{_NAME}")
DATA = _AS_ROOT if os.geteuid() == 0 else HERE.parent.parent / ".yellowbus" / "tests"


def named(url: str, database: str) -> str:
    """The URL of another database of the same server."""
    return url.replace("/yellowbus?", f"/{database}?")


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """A fresh, empty database for as long as it is used; its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield named(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
