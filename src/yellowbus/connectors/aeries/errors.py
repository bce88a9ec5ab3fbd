"""What a status and a body of Aeries mean (aeries dossier 10). Texts are not looked at: nothing says how they read."""

from typing import Final
from urllib.parse import urlsplit

from yellowbus.errors import NeedsAdmin, NotUnderstood, YellowbusError
from yellowbus.protocols.net import Reply

SYSTEM: Final = "Aeries"
WHERE_CERTIFICATE: Final = (
    "In Aeries open API Security, choose the product of this connection, select “Display Certificate Details” and copy"
    " the certificate again."
)
WHERE_CONSUMER: Final = (
    "In Aeries open API Security, choose the OneRoster product of this connection, select “Display Consumer ID & Secret"
    " Keys for OneRoster” and copy the Consumer ID and the Consumer Secret Key again."
)
WHERE_ONEROSTER_RIGHT: Final = (
    "In Aeries open API Security, choose the OneRoster product of this connection and select Read for"
    " Student Data."
)


def refused() -> NeedsAdmin:
    return NeedsAdmin("credentials-refused", system=SYSTEM, where=WHERE_CERTIFICATE)


def meaning(reply: Reply) -> YellowbusError | None:
    """The error that `reply` means, or None for an answer. 401 and 403 are told apart by the caller (12.1)."""
    if reply.status < 300:
        return _not_json(reply)
    if reply.status < 400:
        target = urlsplit(reply.headers.get("location", "")).hostname
        return NeedsAdmin("redirected", host=reply.host, target=target or reply.host)
    if reply.status == 404:
        return NeedsAdmin("aeries-address", host=reply.host, status=reply.status)
    return NotUnderstood("aeries-refused", host=reply.host, status=reply.status)


def _not_json(reply: Reply) -> YellowbusError | None:
    """XML comes from a server that does not regard Accept, and is not a sign-in page."""
    if reply.body[:100].lstrip().startswith(b"<?xml") or "/xml" in reply.headers.get("content-type", ""):
        return NotUnderstood("reply-not-understood", host=reply.host, expected="JSON, and XML came")
    return reply.not_understood("JSON") if reply.is_html else None
