"""The bearer token: asked for in the styles that clients of Qmlativ use, kept, renewed when refused (dossier 4)."""

import base64
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

import httpx2

from yellowbus.connectors.base import text
from yellowbus.connectors.qmlativ.errors import body_of, refused_login
from yellowbus.connectors.qmlativ.profile import TokenRules
from yellowbus.errors import NeedsAdmin
from yellowbus.protocols.net import Door, Reply

_EARLY: Final = 60.0
_UNTOLD: Final = 600.0  # how long a token is kept whose reply does not say (dossier 4)
# What a server says to a style that it does not know. With a known style it may be the credentials.
_REFUSED: Final = frozenset((400, 401, 403, 404, 405, 415))


@dataclass(frozen=True, slots=True)
class Login:
    """The credentials of one Integration Access. `vendor_value` is the hidden third one, if there is one."""

    key: str
    secret: str
    vendor_value: str = ""

    @property
    def basic(self) -> str:
        """Both are URL-encoded before they are joined: they may hold reserved characters (dossier 4)."""
        pair = f"{quote(self.key, safe='')}:{quote(self.secret, safe='')}"
        return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


class Token:
    """One token for all threads. `style` is the one that worked, "" before."""

    def __init__(
        self,
        door: Door,
        base: str,
        rules: TokenRules,
        login: Login,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rules = rules
        self.style = ""
        self._door = door
        self._url = rules.url if "://" in rules.url else base + rules.url
        self._login = login
        self._clock = clock
        self._lock = threading.Lock()
        self._bearer = ""
        self._until = 0.0

    def current(self) -> str:
        with self._lock:
            if not self._bearer or self._clock() >= self._until:
                self._renew()
            return self._bearer

    def drop(self, bearer: str) -> None:
        """Ask for a new one next time, unless another thread has done so since `bearer`."""
        with self._lock:
            if bearer == self._bearer:
                self._bearer = ""

    def ask(self, style: str) -> Reply:
        """The reply to a token request in one style, whatever its status."""
        form = {"grant_type": "client_credentials", **self.rules.form}
        headers = {"Accept": "application/json", **self.rules.headers}
        if self.rules.scopes:
            form["scope"] = self.rules.scopes
        if self._login.vendor_value:
            place = form if self.rules.vendor_value_in == "form" else headers
            place[self.rules.vendor_value_name] = self._login.vendor_value
        if style == "basic_get":
            return self._door.get(
                f"{self._url}?{urlencode(form)}", headers=headers | {"Authorization": self._login.basic}
            )
        if style == "basic_post":
            headers["Authorization"] = self._login.basic
        else:
            form |= {"client_id": self._login.key, "client_secret": self._login.secret}
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return self._door.send(
            "POST", self._url, content=urlencode(form).encode(), headers=headers, repeat=True
        )

    def _renew(self) -> None:
        replies: list[Reply] = []
        for style in (self.style,) if self.style else self.rules.styles:
            reply = self.ask(style)
            if reply.status not in _REFUSED:
                self._keep(reply, style)
                return
            replies.append(reply)
        if all(reply.status == 404 for reply in replies):
            raise NeedsAdmin("qmlativ-no-token-address", host=replies[0].host)
        raise refused_login()

    def _keep(self, reply: Reply, style: str) -> None:
        answer = body_of(reply)
        bearer = text(answer.get("access_token"))
        if reply.status >= 300 or bearer is None:
            raise reply.not_understood("an access token")
        lasts = _seconds(answer)
        self._bearer, self.style = bearer, style
        self._until = self._clock() + max(lasts - _EARLY, lasts / 2)


class Signing:
    """Signs one question, with a new token where the first one may be too old.

    A server error reaches us only as another attempt, so where one of them can mean an old token, the second
    attempt of a question has a new token.
    """

    def __init__(self, token: Token) -> None:
        self.renewed = False
        self._token = token
        self._used = ""

    def sign(self, request: httpx2.Request) -> None:
        if self._used and not self.renewed and max(self._token.rules.expired_statuses, default=0) >= 500:
            self.renew()
        self._used = self._token.current()
        request.headers["Authorization"] = f"Bearer {self._used}"

    def refused(self, request: httpx2.Request, reply: Reply) -> bool:  # noqa: ARG002 - the door's contract
        return not self.renewed and self.renew()

    def renew(self) -> bool:
        self._token.drop(self._used)
        self.renewed = True
        return True


def _seconds(answer: Mapping[str, object]) -> float:
    told = text(answer.get("expires_in")) or ""
    return float(told) if told.isdigit() else _UNTOLD
