"""The only HTTP of the product: one `Door` per connection to one SIS.

A door keeps to a pace and a number of requests in flight, tries again what is safe to repeat, refuses private
addresses, limits the size of replies, and says what went wrong in words that hold no secret and no personal
value: an error names a host, a status, a count, never a path, a query or a body.
"""

import logging
import random
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

import httpx2
import msgspec
import structlog

from yellowbus.errors import NeedsAdmin, NotUnderstood
from yellowbus.protocols.addresses import GuardedBackend, guarded_transport
from yellowbus.protocols.trouble import Trouble, of_failure, of_status, reply_shape

T = TypeVar("T")

TRIES: Final = 5
REDIRECTS: Final = 3
LONGEST_PAUSE: Final = 60.0
LONGEST_REPLY: Final = 300.0
MAX_BYTES: Final = 64 * 1024 * 1024
_SLICE: Final = 0.25
_HOST: Final = re.compile(rb"[0-9A-Za-z.:-]+")

_log = structlog.get_logger(__name__)

for _chatty in ("httpx2", "httpcore2"):
    # Below warnings both log whole addresses, and so student numbers in queries.
    logging.getLogger(_chatty).setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Timing:
    """The clock, the pause and the chance that a door uses. Tests pass their own and wait for nothing."""

    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer whose status is the caller's to judge: never 429 or 5xx, which the door raises."""

    status: int
    headers: httpx2.Headers = field(repr=False)
    body: bytes = field(repr=False)
    host: str

    @property
    def is_html(self) -> bool:
        return "html" in self.headers.get("content-type", "").lower() or self.body[:200].lstrip()[:1] == b"<"

    @property
    def redirects_to(self) -> str:
        """The host that a redirect not followed points at, or ""."""
        if not 300 <= self.status < 400:
            return ""
        return urlsplit(self.headers.get("location", "")).hostname or self.host

    def json(self, expected: str, kind: type[T]) -> T:
        """The body as JSON of type `kind`; raises NotUnderstood, naming what was `expected`."""
        try:
            return msgspec.json.decode(self.body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise self.not_understood(expected) from None

    def not_understood(self, expected: str) -> NotUnderstood:
        """The error for a reply that breaks its contract: the shape of the body and none of its values."""
        code = "html-not-json" if self.is_html else "reply-not-understood"
        return NotUnderstood(code, host=self.host, expected=expected, sample=reply_shape(self.body))


class Signer(Protocol):
    """How requests are authenticated. Called from several threads."""

    def sign(self, request: httpx2.Request) -> None:
        """Set the headers that authenticate `request`. Called anew before every attempt."""

    def refused(self, request: httpx2.Request, reply: Reply) -> bool:
        """After a 401: True when new credentials are at hand and the request may be sent once more."""


class Stopped(Exception):
    """The answer is no longer wanted: the fetch-ahead or the door was closed."""


def base_url(typed: str) -> str:
    """The root of a server from what a person typed: "sis.example.org/" is "https://sis.example.org".

    Raises NeedsAdmin for anything that is no web address, or that holds a user name, a query or a fragment.
    """
    try:
        url = httpx2.URL(typed.strip() if "://" in typed else f"https://{typed.strip()}")
    except httpx2.InvalidURL:
        raise NeedsAdmin("address-not-understood") from None
    plain = _HOST.fullmatch(url.raw_host) and not (url.userinfo or url.query or url.fragment)
    if url.scheme not in {"http", "https"} or not plain:
        raise NeedsAdmin("address-not-understood")
    return str(url).rstrip("/")


class Door:
    """One way out to one SIS. Safe to use from several threads.

    `in_flight` and `per_second` bound the requests; `ca_file` is a file of certificates to trust instead of
    the system's; `transport` replaces the network for an application in the same process.
    """

    def __init__(
        self,
        *,
        in_flight: int = 4,
        per_second: float = 20.0,
        allow_private: bool = False,
        ca_file: str = "",
        max_bytes: int = MAX_BYTES,
        timeout: float = 60.0,
        transport: httpx2.BaseTransport | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.in_flight = in_flight
        self.requests = 0
        self.most_in_flight = 0
        self._flying = 0
        self._gap = 1.0 / per_second
        self._free_at = 0.0
        self._allow_private = allow_private
        self._max_bytes = max_bytes
        self._timing = timing or Timing()
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(in_flight)
        self._closed = threading.Event()
        self._local = threading.local()
        self._client = httpx2.Client(
            transport=transport or _network(in_flight, allow_private=allow_private, ca_file=ca_file),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, 10.0)),
            trust_env=False,
        )

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        signer: Signer | None = None,
    ) -> Reply:
        """Read `url`. Redirects are followed on the same scheme, host and port alone."""
        request = self._client.build_request("GET", url, params=params, headers=headers)
        self._refuse_plain(request.url)
        reply = self._signed(request, signer=signer, repeat=True)
        for _ in range(REDIRECTS):
            target = _redirect(request, reply)
            if target is None:
                break
            request = self._client.build_request("GET", target, headers=headers)
            reply = self._signed(request, signer=signer, repeat=True)
        return reply

    def send(
        self,
        method: str,
        url: str,
        *,
        content: bytes,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        signer: Signer | None = None,
        repeat: bool = False,
    ) -> Reply:
        """Send `content`.

        `repeat` says that sending it twice is the same as once. Else only what surely did not arrive is tried
        again, and a lost answer or a server error raises OutcomeUnknown.
        """
        request = self._client.build_request(method, url, params=params, headers=headers, content=content)
        self._refuse_plain(request.url)
        return self._signed(request, signer=signer, repeat=repeat)

    def ahead(self, calls: Iterable[Callable[[], T]], *, window: int = 0) -> Generator[T, None, None]:
        """The results of `calls` in their order, up to `window` of them begun before they are asked for.

        The first error is raised in its place. Closing the iterator begins no more calls, ends the pauses of
        those under way and returns when none is left.
        """
        stop = threading.Event()
        pool = ThreadPoolExecutor(self.in_flight, thread_name_prefix="door")
        rest = iter(calls)
        begun: deque[Future[T]] = deque()
        try:
            for call in islice(rest, window or 2 * self.in_flight):
                begun.append(pool.submit(self._unless_stopped, stop, call))
            while begun:
                result = begun.popleft().result()
                begun.extend(pool.submit(self._unless_stopped, stop, call) for call in islice(rest, 1))
                yield result
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        self._closed.set()
        self._client.close()

    def _unless_stopped(self, stop: threading.Event, call: Callable[[], T]) -> T:
        self._local.stop = stop
        self._still_wanted()
        return call()

    def _still_wanted(self) -> None:
        stop: threading.Event | None = getattr(self._local, "stop", None)
        if self._closed.is_set() or (stop is not None and stop.is_set()):
            raise Stopped

    def _refuse_plain(self, url: httpx2.URL) -> None:
        if url.scheme != "https" and not self._allow_private:
            raise NeedsAdmin("address-not-encrypted", host=url.host)

    def _signed(self, request: httpx2.Request, *, signer: Signer | None, repeat: bool) -> Reply:
        reply = self._tried(request, signer=signer, repeat=repeat)
        if reply.status == 401 and signer is not None and signer.refused(request, reply):
            return self._tried(request, signer=signer, repeat=repeat)
        return reply

    def _tried(self, request: httpx2.Request, *, signer: Signer | None, repeat: bool) -> Reply:
        for attempt in count(1):
            self._still_wanted()
            if signer is not None:
                signer.sign(request)
            answer = self._attempt(request, repeat=repeat)
            if isinstance(answer, Reply):
                return answer
            wait = self._wait_before_next(answer, attempt)
            if wait is None:
                raise answer.error from None
            _log.info(
                "request-again", host=request.url.host, code=answer.error.code, attempt=attempt, wait=wait
            )
            self._pause(wait)
        raise AssertionError  # pragma: no cover - count() does not end

    def _attempt(self, request: httpx2.Request, *, repeat: bool) -> "Reply | Trouble":
        try:
            reply = self._once(request)
        except httpx2.TransportError as failure:
            return of_failure(failure, request.url.host, repeat=repeat)
        return of_status(reply, self._timing.now(), repeat=repeat) or reply

    def _once(self, request: httpx2.Request) -> Reply:
        with self._slot():
            response = self._client.send(request, stream=True, follow_redirects=False)
            try:
                body = self._body(response)
            finally:
                response.close()
        return Reply(response.status_code, response.headers, body, request.url.host)

    def _body(self, response: httpx2.Response) -> bytes:
        host, end = response.request.url.host, self._timing.clock() + LONGEST_REPLY
        body = bytearray()
        try:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > self._max_bytes:
                    raise NotUnderstood("reply-too-large", host=host, limit=self._max_bytes)
                if self._timing.clock() > end:
                    raise httpx2.ReadTimeout("the reply took too long", request=response.request)
        except httpx2.DecodingError:
            raise NotUnderstood("reply-not-understood", host=host, expected="a readable encoding") from None
        return bytes(body)

    @contextmanager
    def _slot(self) -> Iterator[None]:
        with self._slots:
            self._pause(self._turn())
            with self._lock:
                self.requests += 1
                self._flying += 1
                self.most_in_flight = max(self.most_in_flight, self._flying)
            try:
                yield
            finally:
                with self._lock:
                    self._flying -= 1

    def _turn(self) -> float:
        """Reserve the next place in the pace; how long until it comes."""
        with self._lock:
            now = self._timing.clock()
            turn = max(now, self._free_at)
            self._free_at = turn + self._gap
            return turn - now

    def _wait_before_next(self, trouble: Trouble, attempt: int) -> float | None:
        if attempt == TRIES or not trouble.again:
            return None
        if trouble.after is None:
            return float(2 ** (attempt - 1)) * (0.5 + self._timing.jitter()) / 2
        if trouble.after > LONGEST_PAUSE:
            return None
        with self._lock:
            # A host that asks for a slower pace asks it of every request, not only of this one.
            self._free_at = max(self._free_at, self._timing.clock() + trouble.after)
        return trouble.after

    def _pause(self, seconds: float) -> None:
        """Sleep in slices, so that a closed iterator does not wait out a long pause."""
        left = seconds
        while left > 0:
            self._still_wanted()
            self._timing.sleep(min(left, _SLICE))
            left -= _SLICE


def _network(in_flight: int, *, allow_private: bool, ca_file: str) -> httpx2.BaseTransport:
    ours = httpx2.create_ssl_context(trust_env=False)
    context = ssl.create_default_context(cafile=ca_file) if ca_file else ours
    return guarded_transport(
        GuardedBackend(allow_private=allow_private), context=context, connections=in_flight
    )


def _redirect(request: httpx2.Request, reply: Reply) -> httpx2.URL | None:
    """Where to go on, if `reply` redirects within the same scheme, host and port."""
    location = reply.headers.get("location", "")
    if reply.status not in {301, 302, 303, 307, 308} or not location:
        return None
    try:
        target = request.url.join(location)
    except httpx2.InvalidURL:
        return None
    here, there = request.url, target
    same = (here.scheme, here.host, here.port) == (there.scheme, there.host, there.port)
    return target if same else None
