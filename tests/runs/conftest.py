"""A district with its schools imported and assigned."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # Django is not ready when this file is read
    from scene import Scene


@pytest.fixture
def scene(db: None, tmp_path: Path) -> "Scene":
    from scene import Scene

    return Scene(tmp_path).ready()


@pytest.fixture
def committed(migrated: None, tmp_path: Path) -> "Iterator[Scene]":
    """The same in committed rows, for what needs more than one connection to the database; emptied at the end."""
    from django.db import connection

    from scene import Scene

    yield Scene(tmp_path).ready()
    with connection.cursor() as cursor:
        cursor.execute(_OURS)
        names = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute("SET session_replication_role = replica")  # audit events refuse to go
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("SET session_replication_role = origin")


_OURS = """
SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename ~ '^(enroll|setup|runs|procrastinate)_'
"""
