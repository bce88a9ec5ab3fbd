"""What a failed attempt means: which error it is, whether to try again, and after how long."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpx2
import msgspec

from yellowbus.errors import NeedsAdmin, OutcomeUnknown, TryLater, YellowbusError

# Statuses of a server that is there but cannot answer now. 501 and 505 will not change by asking again.
_PASSING = frozenset({429, 500, 502, 503, 504})
# Failures before a byte of the request left, so that repeating is safe whatever the request does.
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class Answer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> httpx2.Headers: ...
    @property
    def host(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """The error to raise if this was the last attempt; `after` is the pause that the other side named."""

    error: YellowbusError
    again: bool
    after: float | None = None


def of_status(reply: Answer, now: float, *, repeat: bool) -> Trouble | None:
    """The trouble in a status, or None where the caller judges it. A dated Retry-After counts from `now`."""
    if reply.status != 429 and reply.status < 500:
        return None
    after = retry_after(reply.headers.get("retry-after", ""), now)
    if reply.status == 429:
        return Trouble(TryLater("too-many-requests", after=after, host=reply.host), again=True, after=after)
    kind = TryLater if repeat else OutcomeUnknown
    error = kind("server-error", after=after, host=reply.host, status=reply.status)
    return Trouble(error, again=repeat and reply.status in _PASSING, after=after)


def retry_after(value: str, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, which is a number of seconds or a date; None if it is neither.

    >>> retry_after("7", 0.0), retry_after("Thu, 01 Jan 1970 00:01:00 GMT", 20.0), retry_after("soon", 0.0)
    (7.0, 40.0, None)
    """
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return None


def of_failure(failure: httpx2.TransportError, host: str, *, repeat: bool) -> Trouble:
    """The trouble in an attempt that got no answer."""
    causes = tuple(_causes(failure))
    refused = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if refused is not None and isinstance(failure, httpx2.ConnectError):
        return Trouble(NeedsAdmin("certificate-refused", host=host, reason=_tls_reason(refused)), again=False)
    if any(isinstance(cause, socket.gaierror | UnicodeError) for cause in causes):
        return Trouble(TryLater("unreachable", host=host, reason="the name is not known"), again=False)
    if isinstance(failure, _UNSENT):
        reason = "timed out" if isinstance(failure, httpx2.TimeoutException) else "no connection"
        return Trouble(TryLater("unreachable", host=host, reason=reason), again=True)
    if not repeat:
        return Trouble(OutcomeUnknown("answer-lost", host=host), again=False)
    if isinstance(failure, httpx2.TimeoutException):
        return Trouble(TryLater("timed-out", host=host), again=True)
    return Trouble(TryLater("connection-lost", host=host), again=True)


def _causes(failure: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = failure
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _tls_reason(refused: ssl.SSLError) -> str:
    if isinstance(refused, ssl.SSLCertVerificationError):
        return refused.verify_message
    return (refused.reason or "handshake failed").lower().replace("_", " ")


def reply_shape(body: bytes) -> str:
    """What `body` is, with the names of its keys and none of its values.

    >>> reply_shape(b'{"name": {"first": "Ann"}, "n": [1, 2]}'), reply_shape(b"<html>Ann</html>")
    ('{name:{first:str},n:[int]}', '16 bytes that are not JSON')
    """
    try:
        return _shape(msgspec.json.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return f"{len(body)} bytes that are not JSON"


def _shape(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_shape(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + "".join(_shape(inner) for inner in value[:1]) + "]"
    return type(value).__name__
