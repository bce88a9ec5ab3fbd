"""Back-up and restore of an installation: one archive of the database, and apart from it the key file.

The archive is a tar of `about.json` and of a dump by the server's own pg_dump. It holds no key: stored credentials stay
sealed in it, and a thief of one of the two has nothing. So that the right key file is known at a restore, `about.json`
keeps a check of each key. The queue is not part of it: every unfinished run is deferred again.
"""

import base64
import hmac
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from yellowbus import __version__
from yellowbus.config import environment
from yellowbus.config.database import parse_url
from yellowbus.config.server import LocalServer
from yellowbus.errors import NeedsAdmin
from yellowbus.setup.keyring import Keyring, read_keyring

_ABOUT, _DUMP = "about.json", "database.dump"
_QUEUE = (
    "procrastinate_jobs",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
)
_PROOF = b"yellowbus back-up"
_DEBIAN = "/usr/lib/postgresql/{major}/bin/{program}"
_LIBPQ = {
    "NAME": "PGDATABASE",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "HOST": "PGHOST",
    "PORT": "PGPORT",
}


@dataclass(frozen=True, slots=True)
class About:
    """What a back-up says of itself. `keys` are {key id: check}."""

    yellowbus: str
    made_at: str
    postgres: int
    migrations: dict[str, list[str]]
    keys: dict[str, str]


def make(target: Path, *, keys_to: Path | None) -> About:
    """Write the database to `target` and, where named, the key file to `keys_to`; neither may be there already.

    Django is ready. Raises NeedsAdmin: a file is in the way, both would lie side by side, or pg_dump is missing.
    """
    _refuse_in_the_way(target, keys_to)
    ring = read_keyring(environment.keys_file())
    half = target.with_name(f"{target.name}.half")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent, prefix=".yellowbus-") as folder:
        dump = Path(folder) / _DUMP
        dump.touch(mode=0o600)
        _run(
            "pg_dump",
            "--format=custom",
            f"--file={dump}",
            *(f"--exclude-table-data={name}" for name in _QUEUE),
        )
        about = _about(ring)
        _pack(half, dump, about)
    if keys_to is not None:
        _copy_keys(environment.keys_file(), keys_to)
    half.replace(target)
    return about


def look(source: Path) -> About:
    """What a back-up says of itself. Raises NeedsAdmin if it is none."""
    try:
        with tarfile.open(source) as archive:
            member = archive.extractfile(_ABOUT)
            assert member is not None
            return About(**json.load(member))
    except (OSError, KeyError, TypeError, ValueError, AssertionError, tarfile.TarError):
        raise NeedsAdmin("backup-unreadable", path=source) from None


def refuse_wrong_keys(about: About, keys: Path) -> None:
    """Raise NeedsAdmin unless the key file opens everything that the back-up holds."""
    if not keys.exists():
        raise NeedsAdmin("backup-keys-missing", path=keys)
    ring = read_keyring(keys)
    checks = _checks(ring)
    if any(checks.get(name) != check for name, check in about.keys.items()):
        raise NeedsAdmin("backup-keys-wrong", path=keys, made_at=about.made_at)


def put_keys(keys: Path) -> None:
    """Make `keys` the key file of this installation; the one that was there is kept beside it."""
    ours = environment.keys_file()
    if ours.exists() and ours.samefile(keys):
        return
    if ours.exists():
        ours.replace(_free(ours.with_name(f"{ours.name}.before-restore")))
    ours.parent.mkdir(parents=True, exist_ok=True)
    _copy_keys(keys, ours)


def read_back(source: Path) -> None:
    """Fill the empty database of this installation. Either everything comes or nothing.

    Django is ready, and nothing was migrated. Raises NeedsAdmin: not empty, or of newer code.
    """
    from yellowbus.config.database import migrate  # noqa: PLC0415 (Django is not set up when this module is first read)
    from yellowbus.enroll import fence  # noqa: PLC0415 (as above)
    from yellowbus.runs import tick  # noqa: PLC0415 (as above)

    _refuse_newer(look(source))
    _refuse_full()
    fence.make_role()
    with tempfile.TemporaryDirectory(prefix="yellowbus-") as folder, tarfile.open(source) as archive:
        archive.extract(_DUMP, folder, filter="data")
        _run(
            "pg_restore",
            "--no-owner",
            "--exit-on-error",
            "--single-transaction",
            "--dbname=",
            f"{folder}/{_DUMP}",
        )
    migrate()
    fence.build()
    tick.defer_orphans()


def _refuse_in_the_way(target: Path, keys_to: Path | None) -> None:
    for path in filter(None, (target, keys_to)):
        if path.exists():
            raise NeedsAdmin("backup-in-the-way", path=path)
        if not path.resolve().parent.is_dir():
            raise NeedsAdmin("backup-no-folder", path=path)
    if keys_to is not None and keys_to.resolve().parent == target.resolve().parent:
        raise NeedsAdmin("backup-side-by-side")


def _about(ring: Keyring) -> About:
    from django.db import connection  # noqa: PLC0415 (as above)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 (as above)

    applied: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations or {}):
        applied.setdefault(app, []).append(name)
    return About(
        __version__, datetime.now(UTC).isoformat(timespec="seconds"), _major(), applied, _checks(ring)
    )


def _checks(ring: Keyring) -> dict[str, str]:
    """A proof of each key that does not tell the key."""
    return {
        name: hmac.digest(base64.b64decode(key), _PROOF, "sha256").hex() for name, key in ring.keys.items()
    }


def _pack(target: Path, dump: Path, about: About) -> None:
    beside = dump.with_name(_ABOUT)
    beside.write_text(json.dumps(asdict(about), indent=2), "utf-8")
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for path in (beside, dump):
                archive.add(path, path.name)
        file.flush()
        os.fsync(file.fileno())


def _copy_keys(source: Path, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(source.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _free(path: Path) -> Path:
    """`path`, or the next name of it that nothing has."""
    names = (path.with_name(f"{path.name}{number or ''}") for number in range(1000))
    return next(name for name in names if not name.exists())


def _refuse_newer(about: About) -> None:
    from django.db import connection  # noqa: PLC0415 (as above)
    from django.db.migrations.loader import MigrationLoader  # noqa: PLC0415 (as above)

    known = MigrationLoader(connection).disk_migrations or {}
    ours = {app for app, _ in known}
    if any(
        (app, name) not in known for app, names in about.migrations.items() if app in ours for name in names
    ):
        raise NeedsAdmin("backup-newer", theirs=about.yellowbus, ours=__version__)


def _refuse_full() -> None:
    from django.db import connection  # noqa: PLC0415 (as above)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        if cursor.fetchone()[0]:
            raise NeedsAdmin("restore-not-empty")


def _major() -> int:
    from django.db import connection  # noqa: PLC0415 (as above)

    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10000


def _run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs on our database. The password goes by the environment, which others cannot read."""
    given: Mapping[str, Any] = parse_url(environment.database_url())
    named = {_LIBPQ[key]: str(given[key]) for key in _LIBPQ if given.get(key)}
    named |= {f"PG{key.upper()}": str(value) for key, value in given["OPTIONS"].items() if key == "sslmode"}
    if program == "pg_restore":
        arguments = tuple(
            f"--dbname={named['PGDATABASE']}" if each == "--dbname=" else each for each in arguments
        )
    done = subprocess.run(  # noqa: S603 (PostgreSQL's own program with our own arguments)
        [_program(program), *arguments], env=os.environ | named, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NeedsAdmin("backup-program-failed", program=program, reason=_last_line(done.stderr))


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if not line.startswith("Command was:")]
    return lines[-1][:200] if lines else "no reason given"


def _program(name: str) -> str:
    """The program of the server's own major version: Debian's, the one on the path, or that of the wheel."""
    major = _major()
    on_path = shutil.which(name)
    beside = (Path(_DEBIAN.format(major=major, program=name)), Path(on_path) if on_path else None)
    wheel = LocalServer(environment.data_folder()).programs / name
    for path in (*filter(None, beside), wheel):
        if path.exists() and _version_of(path) == major:
            return str(path)
    raise NeedsAdmin("backup-program-missing", program=name, major=major)


def _version_of(path: Path) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 (as above)
    number = (
        said.strip().rpartition(" ")[2]
        if "(PostgreSQL)" not in said
        else said.split("(PostgreSQL)")[1].split()[0]
    )
    return int(number.partition(".")[0]) if number[:1].isdigit() else 0
