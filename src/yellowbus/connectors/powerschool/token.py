"""The bearer token: asked for once, kept, renewed when it is no longer taken (powerschool dossier 4)."""

import base64
import threading
import time
from collections.abc import Callable
from typing import Final

import httpx2

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import endpoints
from yellowbus.connectors.powerschool.errors import body_of, judged, token_refused
from yellowbus.protocols.net import Door, Reply

_HOUR: Final = 3600.0
_EARLY: Final = 60.0


class Token:
    """Signs requests with one token for all threads."""

    def __init__(
        self,
        door: Door,
        root: str,
        *,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._door = door
        self._root = root
        self._basic = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode("ascii")
        self._clock = clock
        self._lock = threading.Lock()
        self._bearer = ""
        self._until = 0.0

    def sign(self, request: httpx2.Request) -> None:
        request.headers["Authorization"] = f"Bearer {self._current()}"

    def refused(self, request: httpx2.Request, reply: Reply) -> bool:
        if not token_refused(reply):
            return False
        with self._lock:
            # Another thread may have renewed it; asking for one per request is answered with 429 (dossier 4).
            if request.headers["Authorization"] == f"Bearer {self._bearer}":
                self._bearer = ""
        return True

    def _current(self) -> str:
        with self._lock:
            if not self._bearer or self._clock() >= self._until:
                self._renew()
            return self._bearer

    def _renew(self) -> None:
        reply = judged(self._asked())
        answer = body_of(reply)
        bearer = text(answer.get("access_token"))
        if bearer is None:
            raise reply.not_understood("an access token")
        lasts = _seconds(answer.get("expires_in"))
        self._bearer = bearer
        self._until = self._clock() + max(lasts - _EARLY, lasts / 2)

    def _asked(self) -> Reply:
        plain, slashed = endpoints.TOKEN
        reply = self._ask(plain)
        return self._ask(slashed) if reply.status in {301, 302, 307, 308, 404, 405} else reply

    def _ask(self, path: str) -> Reply:
        headers = {
            "Authorization": f"Basic {self._basic}",
            "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
            "Accept": "application/json",
        }
        body = b"grant_type=client_credentials"
        return self._door.send("POST", self._root + path, content=body, headers=headers, repeat=True)


def _seconds(expires_in: object) -> float:
    """Text or number (dossier 4); an hour where it is neither."""
    told = text(expires_in) or ""
    return float(told) if told.isdigit() else _HOUR
