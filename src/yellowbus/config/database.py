"""From DATABASE_URL to Django's dictionary, and the checks made before the first use of a database."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from yellowbus import __version__
from yellowbus.errors import NeedsAdmin

OLDEST, NEWEST = 15, 18
_LOCK = 0x59454C4C  # "YELL": our advisory lock, for migrations only
_OURS = ("enroll", "jobs", "setup", "runs", "web")


def parse_url(url: str) -> dict[str, Any]:
    """Django's database settings for a `postgresql://user:password@host:port/name?host=…` address."""
    parts = urlsplit(url or "postgresql:///yellowbus")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
        "TEST": {"NAME": query.pop("test_name", None)},
    }


def refuse_unfit() -> None:
    """Raise NeedsAdmin if the database is of another PostgreSQL, or was written by newer code."""
    from django.db import connection  # noqa: PLC0415 (Django is not set up when this module is first read)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 (as above)

    connection.ensure_connection()
    major = connection.connection.info.server_version // 10000
    if not OLDEST <= major <= NEWEST:
        raise NeedsAdmin("database-version-unsupported", found=major)
    loader = MigrationLoader(connection)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations or {}
        if app in _OURS and (app, name) not in loader.disk_migrations
    )
    if unknown:
        raise NeedsAdmin("database-newer", unknown=", ".join(unknown), version=__version__)


def migrate() -> None:
    """Bring the database to this version of the code. Refuses first what it must not touch.

    Every command comes here, so where nothing is pending nothing is done; and one process migrates at a time, since the
    parts of `yellowbus serve` start together.
    """
    from django.core.management import call_command  # noqa: PLC0415 (as above)
    from django.db import connection  # noqa: PLC0415 (as above)

    from yellowbus.enroll import fence  # noqa: PLC0415 (as above)

    refuse_unfit()
    if not pending() and fence.stands():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            call_command("migrate", verbosity=0, interactive=False)
            fence.build()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def pending() -> bool:
    """Whether a migration of this version is yet to be applied."""
    from django.db import connection  # noqa: PLC0415 (as above)
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415 (as above)

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
