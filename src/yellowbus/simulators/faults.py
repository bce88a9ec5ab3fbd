"""Faults on demand: what the network, the vendor's operations or bad luck do to a client."""

from dataclasses import dataclass, replace
from enum import Enum
from fnmatch import fnmatchcase
from threading import Event, Lock
from typing import Any

import msgspec

from yellowbus.simulators.exchange import HTML, XML, Reply, Request, from_document

MAINTENANCE_PATH = "/maintenance/status.html"
SIGN_IN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign In</title></head><body><form>Sign In</form></body></html>"
)
XML_BODY = b'<?xml version="1.0" encoding="utf-8"?><response><status>ok</status></response>'
PROXY_PAGE = (
    "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
)


class FaultKind(Enum):
    """What goes wrong. The value is the word of the admin hook. Those from `ignored-expansions` on belong to
    one vendor each; the others do nothing there. What strikes inside an answer is
    carried out where the answer is made: it finds the word in the request's `faults`.

    `dropped`, `error-after` and `hang-after` strike when the request has been carried out, `dropped-before`,
    `server-error` and `hang` before anything was done. Those from `locked` on strike one record of a write.
    """

    EXPIRED_TOKEN = "expired-token"  # noqa: S105  a word, not a password
    TOO_MANY = "too-many"
    SERVER_ERROR = "server-error"
    SLOW = "slow"
    HANG = "hang"
    MAINTENANCE = "maintenance"
    HTML = "html"
    XML = "xml"
    CUT_BODY = "cut-body"
    CUT_JSON = "cut-json"
    DROPPED = "dropped"
    DROPPED_BEFORE = "dropped-before"
    ERROR_AFTER = "error-after"
    HANG_AFTER = "hang-after"
    EMPTY_BODY = "empty-body"
    SHORT_PAGE = "short-page"
    NO_ID = "no-id"
    REPEATED = "repeated"
    IGNORED_EXPANSIONS = "ignored-expansions"
    ECHOED_SECRET = "echoed-secret"  # noqa: S105  a word, not a password
    LOCKED = "locked"
    IGNORED_FIELD = "ignored-field"
    CONTACT_FAILED = "contact-failed"
    HALF_CONTACT = "half-contact"


# After one of these there is no real answer, so no other fault is used up on the same request.
ENDING = frozenset(
    {
        FaultKind.EXPIRED_TOKEN,
        FaultKind.TOO_MANY,
        FaultKind.SERVER_ERROR,
        FaultKind.DROPPED_BEFORE,
        FaultKind.HANG,
        FaultKind.MAINTENANCE,
        FaultKind.HTML,
        FaultKind.XML,
    }
)
# These wait for a record and not for a request.
OF_RECORDS = frozenset(
    {FaultKind.LOCKED, FaultKind.IGNORED_FIELD, FaultKind.CONTACT_FAILED, FaultKind.HALF_CONTACT}
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: which requests it meets, and how often.

    `path` is a pattern such as /ws/v1/*, blank for wherever this simulator's data is read; `skip` lets so
    many matching requests pass first; `times` None means until cleared. `seconds` belongs to slow and hang and
    to the Retry-After of too-many and server-error (None: no header). `what` names the record or the field
    that a fault of records means, blank for any; `skip` and `times` then count records.
    """

    kind: FaultKind
    path: str = ""
    method: str = "*"
    skip: int = 0
    times: int | None = 1
    seconds: float | None = None
    status: int = 503
    what: str = ""

    def meets(self, request: Request) -> bool:
        return fnmatchcase(request.path, self.path) and self.method in {"*", request.method}

    @classmethod
    def of(cls, document: Any) -> "Fault":
        """A fault from the admin hook's JSON; raises ValueError where it is not one."""
        return from_document(cls, document)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found


class Faults:
    """The faults that wait. Safe to use from several threads. `data` is the pattern of the addresses where
    data is read.
    """

    def __init__(self, data: str = "*") -> None:
        self._data = data
        self._lock = Lock()
        self._waiting: list[Fault] = []
        self._over = Event()

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._over.clear()
            self._waiting.extend(fault if fault.path else replace(fault, path=self._data) for fault in faults)

    def clear(self) -> None:
        """Forget all faults and let hanging requests go on."""
        with self._lock:
            self._waiting.clear()
            self._over.set()

    def waiting(self) -> tuple[Fault, ...]:
        with self._lock:
            return tuple(self._waiting)

    def take(self, request: Request) -> tuple[Fault, ...]:
        """Those that strike this request, in the order set, up to one that ends it. Each use counts."""
        with self._lock:
            struck: list[Fault] = []
            self._waiting = [
                left for fault in self._waiting if (left := _meet(fault, request, struck)) is not None
            ]
            return tuple(struck)

    def strike(self, kind: FaultKind, *names: str) -> bool:
        """Does a fault of this kind strike a record that goes by these names? One use of it is then over."""
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if fault.kind is kind and (not fault.what or fault.what in names):
                    left = _used(fault)
                    self._waiting[place : place + 1] = [left] if left else []
                    return not fault.skip
            return False

    def wait(self, seconds: float) -> None:
        """Pass the time of a slow or hanging request; ends early when faults are cleared."""
        self._over.wait(seconds)


def _meet(fault: Fault, request: Request, struck: list[Fault]) -> Fault | None:
    """Let one fault meet a request; returns what is left of it."""
    if fault.kind in OF_RECORDS or not fault.meets(request) or (struck and struck[-1].kind in ENDING):
        return fault
    if not fault.skip:
        struck.append(fault)
    return _used(fault)


def _used(fault: Fault) -> Fault | None:
    """What is left of a fault that met something."""
    if fault.skip:
        return replace(fault, skip=fault.skip - 1)
    if fault.times is None:
        return fault
    return replace(fault, times=fault.times - 1) if fault.times > 1 else None


def instead(fault: Fault) -> Reply | None:
    """The reply that comes instead of the real one, if this fault has one."""
    retry = (("Retry-After", f"{fault.seconds:g}"),) if fault.seconds is not None else ()
    if fault.kind is FaultKind.TOO_MANY:
        return Reply(429, headers=retry)
    if fault.kind is FaultKind.SERVER_ERROR:
        return Reply(fault.status, PROXY_PAGE.format(status=fault.status).encode(), HTML, retry)
    if fault.kind is FaultKind.DROPPED_BEFORE:
        return Reply(200, dropped=True)
    if fault.kind is FaultKind.MAINTENANCE:
        return Reply(302, headers=(("Location", MAINTENANCE_PATH),))
    if fault.kind is FaultKind.HTML:
        return Reply(200, SIGN_IN_PAGE.encode(), HTML)
    if fault.kind is FaultKind.XML:
        return Reply(200, XML_BODY, XML)
    return None


def afterwards(fault: Fault, reply: Reply) -> Reply:
    """The real reply as the fault lets it through; the request has been carried out by then."""
    if fault.kind is FaultKind.CUT_BODY:
        return replace(reply, cut=len(reply.body) // 2)
    if fault.kind is FaultKind.CUT_JSON:
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if fault.kind is FaultKind.EMPTY_BODY:
        return replace(reply, body=b"")
    if fault.kind is FaultKind.ERROR_AFTER:
        return Reply(fault.status, PROXY_PAGE.format(status=fault.status).encode(), HTML)
    if fault.kind in {FaultKind.DROPPED, FaultKind.HANG_AFTER}:
        return replace(reply, dropped=True)
    return reply
