"""From an address to Django's settings, and the databases that are refused."""

from typing import Any

import pytest
from django.db import connection

from yellowbus.config.database import parse_url, refuse_unfit
from yellowbus.errors import NeedsAdmin


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p%40ss@db.example.org:5433/yb", ("yb", "u", "p@ss", "db.example.org", "5433", {})),
        ("postgresql://u@/yb?host=%2Frun%2Fpg", ("yb", "u", "", "/run/pg", "", {})),
        ("postgres://h/d%C3%A9?sslmode=require", ("dé", "", "", "h", "", {"sslmode": "require"})),
        ("", ("yellowbus", "", "", "", "", {})),
    ],
)
def test_an_address_becomes_djangos_settings(url: str, expected: tuple[Any, ...]) -> None:
    found = parse_url(url)
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    assert tuple(found[name] for name in names) == expected
    assert found["CONN_HEALTH_CHECKS"] is True


def note_migration(app: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", [app, name]
        )


def test_this_database_is_fit(db: None) -> None:
    refuse_unfit()


@pytest.mark.parametrize("app", ["enroll", "setup", "runs"])
def test_a_database_of_a_newer_version_is_refused(db: None, app: str) -> None:
    note_migration(app, "9999_from_the_future")
    with pytest.raises(NeedsAdmin) as refused:
        refuse_unfit()
    assert (refused.value.code, refused.value.facts["unknown"]) == (
        "database-newer",
        f"{app}.9999_from_the_future",
    )


def test_migrations_of_other_programs_are_none_of_ours(db: None) -> None:
    note_migration("somebody_elses", "9999_from_the_future")
    refuse_unfit()
