"""The key file of an installation: made on first use, readable by its owner alone.

`{"django": "…", "current": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}`. Old keys stay for reading; rotation adds a
new current one. Without this file stored credentials cannot be read: it belongs in the back-up, apart from the
database's.
"""

import base64
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from yellowbus.errors import NeedsAdmin


@dataclass(frozen=True, slots=True)
class Keyring:
    """The content of the file. `keys` are base64 by id."""

    django: str
    current: str
    keys: dict[str, str]

    def key(self, name: str) -> str:
        """The key called `name`. Raises NeedsAdmin if the file does not hold it."""
        if name not in self.keys:
            raise NeedsAdmin("key-missing", key=name)
        return self.keys[name]


def read_keyring(path: Path) -> Keyring:
    """Read the file, or make it. Raises NeedsAdmin if others may read it or it is damaged."""
    if not path.exists():
        with _alone(path):
            if not path.exists():
                _write(path, Keyring(secrets.token_urlsafe(48), "k1", {"k1": _key()}))
    if path.stat().st_mode & 0o077:
        raise NeedsAdmin("keys-open-to-others", path=path)
    try:
        return Keyring(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError):
        raise NeedsAdmin("keys-unreadable", path=path) from None


def rotate(path: Path) -> str:
    """Add a new current key and answer its id. What older keys encrypted stays readable."""
    read_keyring(path)
    with _alone(path):
        ring = read_keyring(path)
        name = f"k{len(ring.keys) + 1}"
        _write(path, Keyring(ring.django, name, {**ring.keys, name: _key()}))
    return name


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two processes that wrote at once would each go on with keys that the other's file does not hold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write(path: Path, ring: Keyring) -> None:
    """Put the whole file in place at once. Call it alone; what a killed process left is thrown away."""
    half = path.with_name(f"{path.name}.half")
    half.unlink(missing_ok=True)
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump({"django": ring.django, "current": ring.current, "keys": ring.keys}, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
