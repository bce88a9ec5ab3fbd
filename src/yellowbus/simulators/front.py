"""What stands before every simulated system: faults strike, requests are counted, connections break."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from yellowbus.simulators.exchange import HTML, Reply, Request
from yellowbus.simulators.faults import (
    MAINTENANCE_PATH,
    Fault,
    FaultKind,
    Faults,
    afterwards,
    instead,
)
from yellowbus.simulators.log import Entry, RequestLog
from yellowbus.simulators.serving import BrokenConnectionError

HANG_SECONDS = 120.0
MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>{name} page unavailable</title></head>"
    "<body><h1>{name} page unavailable</h1><p>The server is down for maintenance.</p></body></html>"
)


@dataclass(frozen=True, slots=True)
class Front:
    """`answer` gives the system's own reply, `pattern` the path without what names a person, `expire` makes
    all logins worthless and gives the reply of one who comes with an old one.
    """

    name: str
    faults: Faults
    log: RequestLog
    answer: Callable[[Request], Reply]
    pattern: Callable[[Request], str]
    expire: Callable[[], Reply]

    def respond(self, request: Request) -> Reply:
        if request.path == MAINTENANCE_PATH:
            return Reply(200, MAINTENANCE_PAGE.format(name=self.name).encode(), HTML)
        self.log.enter()
        begin, reply = time.perf_counter(), Reply(500)
        try:
            reply = self._with_faults(request)
        finally:
            spent = round((time.perf_counter() - begin) * 1000, 3)
            names = tuple(sorted(request.query))
            self.log.leave(Entry(request.method, self.pattern(request), reply.status, names, spent))
        return reply

    def _with_faults(self, request: Request) -> Reply:
        struck = self.faults.take(request)
        for fault in struck:
            if (reply := self._before(fault)) is not None:
                return reply
        kinds = frozenset(fault.kind.value for fault in struck)
        reply = self.answer(replace(request, faults=kinds))
        for fault in struck:
            if fault.kind is FaultKind.HANG_AFTER:
                self._hang(fault)
            reply = afterwards(fault, reply)
        return reply

    def _before(self, fault: Fault) -> Reply | None:
        if fault.kind is FaultKind.SLOW:
            self.faults.wait(fault.seconds or 0)
        if fault.kind is FaultKind.HANG:
            self._hang(fault)
            return Reply(200, dropped=True)
        if fault.kind is FaultKind.EXPIRED_TOKEN:
            return self.expire()
        return instead(fault)

    def _hang(self, fault: Fault) -> None:
        self.faults.wait(HANG_SECONDS if fault.seconds is None else fault.seconds)


def send(reply: Reply, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The reply as a WSGI application gives it."""
    if reply.dropped:
        raise BrokenConnectionError
    start_response(*reply.head())
    return [reply.body] if reply.cut is None else _cut(reply)


def _cut(reply: Reply) -> Iterator[bytes]:
    yield reply.body[: reply.cut]
    raise BrokenConnectionError
