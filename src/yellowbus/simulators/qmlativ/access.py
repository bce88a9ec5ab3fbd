"""Integration Access: who may come in, from when to when, to which entities (qmlativ dossier 3.1, 3.2)."""

from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from random import Random
from threading import RLock

from yellowbus.simulators.qmlativ.permissions import Permissions

FIRST_ID = 31
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
# 4: keys and secrets may hold characters that mean something in an address, so ours always do.
RESERVED = "+/%&="


class AuthenticationType(Enum):
    """Kept and shown; what it forbids is not known (3.1)."""

    ANY = "Any"
    BASIC = "Basic"
    OAUTH_2 = "OAuth 2"


class BadAccessError(ValueError):
    """What was filled in is refused. The text says why."""


@dataclass(slots=True)
class Integration:
    """What a vendor publishes to the instance. `third_value` is what only the vendor knows."""

    vendor: str
    product: str
    permissions: Permissions
    development_permissions: bool = False
    can_generate_secret: bool = True
    third_value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """One Integration Access. `entities` None means all."""

    id: int
    name: str
    key: str
    effective: date
    secret: str = field(default="", repr=False)
    description: str = ""
    authentication_type: AuthenticationType = AuthenticationType.ANY
    active: bool = True
    expiration: date | None = None
    entities: frozenset[int] | None = None

    def usable(self, today: date) -> bool:
        """3.1: active, and today not outside the dates."""
        return (
            self.active and self.effective <= today and (self.expiration is None or today <= self.expiration)
        )

    def allows(self, entity: int) -> bool:
        return self.entities is None or entity in self.entities


class Accesses:
    """The Integration Accesses of one instance. Raises BadAccessError for what cannot be kept."""

    def __init__(self, seed: int, entities: frozenset[int]) -> None:
        self._chance = Random(f"accesses-{seed}")
        self._entities = entities
        self._lock = RLock()
        self._kept: dict[int, Access] = {}
        self._next = FIRST_ID

    def all(self) -> list[Access]:
        with self._lock:
            return list(self._kept.values())

    def get(self, number: int) -> Access | None:
        return self._kept.get(number)

    def by_credentials(self, key: str, secret: str) -> Access | None:
        with self._lock:
            found = [access for access in self._kept.values() if access.key == key]
        return found[0] if found and secret and found[0].secret == secret else None

    def add(self, access: Access) -> Access:
        """Keep a new one under the next number; without a key it gets one. It has no secret yet."""
        with self._lock:
            new = replace(access, id=self._next, key=access.key or self.text(8), secret="")
            self._check(new)
            self._kept[new.id] = new
            self._next += 1
            return new

    def change(self, access: Access) -> Access:
        with self._lock:
            self._check(access)
            self._kept[access.id] = access
            return access

    def generate_secret(self, number: int) -> str:
        """A new secret, told this once; the old one is worth nothing from now on (3.2)."""
        with self._lock:
            secret = self.text(24)
            self._kept[number] = replace(self._kept[number], secret=secret)
            return secret

    def remove(self, number: int) -> None:
        with self._lock:
            self._kept.pop(number, None)

    def text(self, length: int) -> str:
        """Something that nobody guesses, with characters that need URL-encoding."""
        plain = "".join(self._chance.choices(LETTERS, k=length))
        return f"{plain[: length // 2]}{RESERVED}{plain[length // 2 :]}"

    def _check(self, access: Access) -> None:
        if not access.name:
            raise BadAccessError("Name is required.")
        if any(other.key == access.key and other.id != access.id for other in self._kept.values()):
            raise BadAccessError("Key must be unique.")
        if access.expiration is not None and access.expiration < access.effective:
            raise BadAccessError("Expiration Date must not be before Effective Date.")
        if access.entities is not None and (unknown := access.entities - self._entities):
            raise BadAccessError(f"There is no entity {min(unknown)}.")
