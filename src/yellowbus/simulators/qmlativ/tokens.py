"""OAuth tokens: the token end point, and who a bearer is (qmlativ dossier 4)."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from urllib.parse import parse_qsl, unquote_plus

from yellowbus.simulators.exchange import RefusedError, Reply, Request, as_json
from yellowbus.simulators.qmlativ.access import Access, Accesses, Integration
from yellowbus.simulators.qmlativ.options import Options, Place, TokenStyle
from yellowbus.simulators.qmlativ.refusals import EXPIRED, refuse, reply

SUPPRESS = "suppress-development-permissions"
INACTIVE = "This integration access is not active"


@dataclass(frozen=True, slots=True)
class Token:
    """`suppressed` says that the caller wants production rights alone (4, extra header)."""

    text: str
    number: int
    key: str
    secret: str
    ends: float
    suppressed: bool
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bearer:
    access: Access
    suppressed: bool
    scopes: frozenset[str]


class Tokens:
    """The tokens of one instance. `day` is today at the district."""

    def __init__(
        self,
        accesses: Accesses,
        integration: Integration,
        *,
        clock: Callable[[], float],
        day: Callable[[], date],
    ) -> None:
        self._accesses = accesses
        self._integration = integration
        self._clock = clock
        self._day = day
        self._chance = Random("tokens")
        self._known: dict[str, Token] = {}

    def answer(self, request: Request, options: Options) -> Reply:
        """The token end point."""
        form = _form(request)
        credentials = _credentials(request, form, options)
        if form.get("grant_type") != "client_credentials":
            return as_json({"error": "unsupported_grant_type"}, 400)
        access = self._accesses.by_credentials(*credentials)
        # An access that is inactive or outside its dates dies silently (10, quirk 10).
        if access is None or not access.usable(self._day()) or not self._third_fits(request, form, options):
            return as_json({"error": "invalid_client"}, 401)
        token = self._token(request, form, access, lifetime=options.token_lifetime)
        body: dict[str, object] = {"access_token": token.text, "token_type": "bearer"}
        if options.with_expires_in:
            body["expires_in"] = int(options.token_lifetime) - 1
        return as_json(body)

    def bearer(self, request: Request, options: Options, *, expired_status: int) -> Bearer:
        """Who asks; raises RefusedError for a token that is missing, unknown or old, and for an access that
        may not be used any more.
        """
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise refuse(options, 401, "A bearer token is required")
        token = self._known.get(text.strip())
        access = self._accesses.get(token.number) if token else None
        if token is None or access is None or token.ends <= self._clock() or _changed(token, access):
            raise RefusedError(expired(options, expired_status))
        if not access.usable(self._day()):
            raise refuse(options, 403, INACTIVE)
        suppressed = token.suppressed or _suppresses(request)
        return Bearer(access, suppressed, token.scopes)

    def revoke_all(self) -> int:
        """Every token is worth nothing from now on; how many that were."""
        count = len(self._known)
        self._known.clear()
        return count

    def _token(self, request: Request, form: Mapping[str, str], access: Access, *, lifetime: float) -> Token:
        text = f"qm-{self._chance.getrandbits(128):032x}"
        scopes = frozenset(form.get("scope", "").split())
        ends = self._clock() + lifetime
        token = Token(text, access.id, access.key, access.secret, ends, _suppresses(request), scopes)
        self._known[text] = token
        return token

    def _third_fits(self, request: Request, form: Mapping[str, str], options: Options) -> bool:
        name = options.third_value_name
        if options.third_value is Place.HEADER:
            return request.headers.get(name.lower()) == self._integration.third_value
        if options.third_value is Place.FORM:
            return form.get(name) == self._integration.third_value
        return True


def expired(options: Options, status: int) -> Reply:
    return reply(options, status, EXPIRED)


def _changed(token: Token, access: Access) -> bool:
    return (token.key, token.secret) != (access.key, access.secret)


def _suppresses(request: Request) -> bool:
    return request.headers.get(SUPPRESS, "").lower() == "true"


def _form(request: Request) -> Mapping[str, str]:
    if request.method == "GET":
        return request.query
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _style(request: Request) -> TokenStyle:
    if request.method == "GET":
        return TokenStyle.BASIC_GET
    basic = request.headers.get("authorization", "").lower().startswith("basic ")
    return TokenStyle.BASIC_POST if basic else TokenStyle.BODY_POST


def _credentials(request: Request, form: Mapping[str, str], options: Options) -> tuple[str, str]:
    """Key and secret in one of the styles that are answered, else blanks."""
    style = _style(request)
    if style not in options.token_styles:
        return "", ""
    if style is TokenStyle.BODY_POST:
        return form.get("client_id", ""), form.get("client_secret", "")
    return _basic(request, encoded=options.encoded_credentials)


def _basic(request: Request, *, encoded: bool) -> tuple[str, str]:
    coded = request.headers.get("authorization", "").partition(" ")[2]
    try:
        key, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return (unquote_plus(key), unquote_plus(secret)) if encoded else (key, secret)
