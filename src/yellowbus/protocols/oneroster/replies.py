"""What a reply of a OneRoster provider is: rows, a warning beside them, or one of five shapes of an error."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from yellowbus.errors import NeedsAdmin, NotUnderstood, YellowbusError
from yellowbus.protocols.net import Reply
from yellowbus.protocols.oauth import Credentials

_ENVELOPE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_WORD: Final = re.compile(r"[A-Za-z_]{1,40}")
# The keys that a status stands under where it is not the whole body (oneroster dossier 1.7).
_WRAPPERS: Final = ("statusInfoSet", "imsx_StatusInfo", "imsx_statusInfo")
_STATUS_KEYS: Final = frozenset(wrapper.lower() for wrapper in _WRAPPERS)


@dataclass(frozen=True, slots=True)
class StatusInfo:
    """The codes of a `imsx_StatusInfo`; its description may name a person, so it is not kept."""

    major: str = ""
    minor: str = ""


def status_info(body: bytes) -> StatusInfo:
    """The status in a body, in any of its shapes; blank for text, HTML and what says nothing."""
    told: Any = _value(body)
    for wrapper in _WRAPPERS:
        if isinstance(told, dict) and wrapper in told:
            told = told[wrapper]
            break
    if isinstance(told, list):
        told = told[0] if told else None
    if not isinstance(told, dict):
        return StatusInfo()
    plain = {key.lower().removeprefix("imsx_"): value for key, value in told.items()}
    return StatusInfo(_word(plain.get("codemajor")), _minor(plain.get("codeminor")))


def _minor(told: object) -> str:
    """Text as edfi-oneroster sends it, or the list of fields of which the first counts."""
    if not isinstance(told, dict):
        return _word(told)
    plain = {key.lower().removeprefix("imsx_"): value for key, value in told.items()}
    fields = plain.get("codeminorfield")
    first = fields[0] if isinstance(fields, list) and fields else fields
    if not isinstance(first, dict):
        return ""
    return _word(next((value for key, value in first.items() if key.lower().endswith("value")), ""))


def _word(told: object) -> str:
    return told if isinstance(told, str) and _WORD.fullmatch(told) else ""


def _value(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, for the words of an error: `right` says where a missing right is given."""

    credentials: Credentials
    version: str
    right: str


def judged(reply: Reply, what: str, asker: Asker) -> Reply:
    """`reply` itself if it is an answer about `what`; else raises what it means."""
    error = _meaning(reply, what, asker)
    if error is not None:
        raise error
    return reply


def _meaning(reply: Reply, what: str, asker: Asker) -> YellowbusError | None:
    host, status = reply.host, reply.status
    if status < 300:
        return None
    if status < 400:
        target = urlsplit(reply.headers.get("location", ""))
        return NeedsAdmin("redirected", host=host, target=target.hostname or host)
    if status == 401 and not asker.credentials.accepted:
        return asker.credentials.refusal()
    if status in {401, 403}:
        return NeedsAdmin("oneroster-right", host=host, what=what, where=asker.right)
    if status in {404, 405}:
        return NeedsAdmin("oneroster-address", host=host, what=what, version=asker.version)
    minor = status_info(reply.body).minor or "no code"
    return NotUnderstood("oneroster-refused", host=host, status=status, minor=minor, what=what)


def rows(reply: Reply, what: str) -> list[bytes]:
    """The records of a collection as they were sent.

    Its key is that of the type and not of the path, so /students answers with `users` (oneroster dossier 1.3). No
    key at all, or null, is a list of none.
    """
    envelope = _envelope(reply, what)
    for raw in envelope.values():
        if raw[:1] == b"[":
            return [bytes(item) for item in _LIST.decode(raw)]
    if any(raw != b"null" for raw in envelope.values()):
        raise reply.not_understood(f"a list of {what}")
    return []


def row(reply: Reply, what: str) -> bytes:
    """The record of a single, under whatever key: Aeries names an org `school` (oneroster dossier 1.3)."""
    envelope = _envelope(reply, what)
    if "sourcedId" in envelope:
        return reply.body
    for raw in envelope.values():
        if raw[:1] == b"{":
            return bytes(raw)
    raise reply.not_understood(f"one of {what}")


def _envelope(reply: Reply, what: str) -> Mapping[str, bytes]:
    """The body without the warnings beside the data."""
    try:
        parts = _ENVELOPE.decode(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise reply.not_understood(what) from None
    return {key: bytes(raw) for key, raw in parts.items() if key.lower() not in _STATUS_KEYS}
