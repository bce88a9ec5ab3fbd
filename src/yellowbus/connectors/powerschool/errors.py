"""What a status and a body of PowerSchool mean (powerschool dossier 5.5, 14)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import wire
from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater, YellowbusError
from yellowbus.protocols.net import Reply

SYSTEM: Final = "PowerSchool"
WHERE_CREDENTIALS: Final = (
    "In PowerSchool open System > System Settings > Plugin Management Configuration, click the plugin name,"
    " then Data Provider Configuration, and copy the Client ID and the Client Secret again."
)
_UNAVAILABLE: Final = b"powerschool page unavailable"


def body_of(reply: Reply) -> wire.Json:
    """The body as an object; {} when it is none, which for an error is as good as empty."""
    try:
        return wire.block(wire.value_of(reply.body))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def token_refused(reply: Reply) -> bool:
    """E2: the bearer is unknown or too old. Not the 401 for a missing access level, which has a body (E3)."""
    told = reply.headers.get("www-authenticate", "").lower()
    return reply.status == 401 and ("invalid_token" in told or not reply.body.strip())


def is_access_level(reply: Reply) -> bool:
    return reply.status == 401 and "errorMessage" in body_of(reply)


def _is_client_refused(reply: Reply) -> bool:
    return reply.status in {400, 401, 403} and "error" in body_of(reply)


def _is_elsewhere(reply: Reply) -> bool:
    return reply.redirects_to not in {"", reply.host}


def _is_maintenance(reply: Reply) -> bool:
    return reply.is_html and _UNAVAILABLE in reply.body[:20_000].lower()


def _access_level(reply: Reply) -> YellowbusError:
    return NeedsAdmin("powerschool-access-level", host=reply.host)


def _refused(_: Reply) -> YellowbusError:
    return NeedsAdmin("credentials-refused", system=SYSTEM, where=WHERE_CREDENTIALS)


def _maintenance(reply: Reply) -> YellowbusError:
    return TryLater("maintenance", system=SYSTEM, host=reply.host)


def _redirected(reply: Reply) -> YellowbusError:
    target = urlsplit(reply.headers.get("location", ""))
    named = f"{target.scheme}://{target.netloc}" if target.netloc else reply.host
    return NeedsAdmin("redirected", host=reply.host, target=named)


def _grants(reply: Reply) -> YellowbusError:
    return NeedsAdmin("powerschool-grants", missing=", ".join(missing_columns(reply)) or "not named")


def _other(reply: Reply) -> YellowbusError:
    return NotUnderstood("powerschool-refused", host=reply.host, status=reply.status)


def missing_columns(reply: Reply) -> list[str]:
    """The columns that a 403 says are not granted, as Table.column (dossier 11.3)."""
    errors = wire.blocks(body_of(reply), "errors")
    return sorted({f"{text(error.get('resource'))}.{text(error.get('field'))}" for error in errors})


@dataclass(frozen=True, slots=True)
class Meaning:
    """`holds` says whether a reply is of this kind, `error` makes its error."""

    holds: Callable[[Reply], bool]
    error: Callable[[Reply], YellowbusError]


# In this order: the first that holds is what the reply means.
MEANINGS: Final = (
    Meaning(_is_maintenance, _maintenance),
    Meaning(_is_elsewhere, _maintenance),
    Meaning(lambda reply: 300 <= reply.status < 400, _redirected),
    Meaning(is_access_level, _access_level),
    Meaning(_is_client_refused, _refused),
    Meaning(lambda reply: reply.status == 401, _refused),
    Meaning(lambda reply: reply.status == 403, _grants),
    Meaning(lambda reply: reply.status >= 400, _other),
)


def judged(reply: Reply, meanings: Sequence[Meaning] = MEANINGS) -> Reply:
    """`reply` itself if it is an answer; else raises what it means."""
    for meaning in meanings:
        if meaning.holds(reply):
            raise meaning.error(reply)
    return reply
