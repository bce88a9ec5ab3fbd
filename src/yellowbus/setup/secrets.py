"""Credentials at rest: AES-256-GCM, with the key's id beside, bound to their row.

The associated data names connection and credential, so that a sealed value moved to another row does not open.
"""

import base64
import secrets as chance
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.setup.keyring import Keyring, read_keyring
from yellowbus.setup.models import Connection, Secret

_NONCE = 12


def keep(connection: Connection, values: dict[str, str]) -> None:
    """Store each credential, replacing the one of the same name."""
    ring = _ring()
    for name, value in values.items():
        sealed = _seal(ring.key(ring.current), value, _binding(connection, name))
        Secret.objects.update_or_create(
            connection=connection, name=name, defaults={"key": ring.current, "sealed": sealed}
        )


def reveal(connection: Connection) -> dict[str, str]:
    """All credentials of a connection, for opening it. Raises NeedsAdmin if a key is missing or a row was moved."""
    ring = _ring()
    return {
        secret.name: _open(ring.key(secret.key), bytes(secret.sealed), _binding(connection, secret.name))
        for secret in Secret.objects.filter(connection=connection)
    }


def hints(connection: Connection) -> dict[str, str]:
    """What may be shown of each credential: its last four characters, and none of a short one."""
    return {name: value[-4:] if len(value) >= 12 else "" for name, value in reveal(connection).items()}


def seal(connection: Connection, name: str, text: str) -> tuple[str, bytes]:
    """Encrypt what is no credential but as private: the key's id, and what only `unseal` of the same row opens."""
    ring = _ring()
    return ring.current, _seal(ring.key(ring.current), text, _binding(connection, f"kept/{name}"))


def unseal(connection: Connection, name: str, key: str, sealed: bytes) -> str:
    """What was sealed. Raises NeedsAdmin if the key is missing or the row was moved."""
    return _open(_ring().key(key), sealed, _binding(connection, f"kept/{name}"))


@transaction.atomic
def reseal(connections: list[Connection]) -> int:
    """Encrypt again with the current key what older keys sealed; the number of credentials changed."""
    ring, changed = _ring(), 0
    for connection in connections:
        old = {
            secret.name for secret in Secret.objects.filter(connection=connection).exclude(key=ring.current)
        }
        keep(connection, {name: value for name, value in reveal(connection).items() if name in old})
        changed += len(old)
    return changed


def _ring() -> Keyring:
    return read_keyring(Path(settings.YELLOWBUS_KEYS))


def _binding(connection: Connection, name: str) -> bytes:
    return f"{connection.organization_id}/{connection.pk}/{name}".encode()


def _seal(key: str, value: str, binding: bytes) -> bytes:
    nonce = chance.token_bytes(_NONCE)
    return nonce + AESGCM(base64.b64decode(key)).encrypt(nonce, value.encode(), binding)


def _open(key: str, sealed: bytes, binding: bytes) -> str:
    try:
        opened = AESGCM(base64.b64decode(key)).decrypt(sealed[:_NONCE], sealed[_NONCE:], binding)
    except InvalidTag:
        raise NeedsAdmin("credential-damaged", name=binding.decode().rpartition("/")[2]) from None
    return opened.decode()
