"""What a status and a body of Qmlativ mean (qmlativ dossier 6.5).

What it says is searched for known names alone, since the rest may be anything.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from yellowbus.connectors.qmlativ.profile import Table
from yellowbus.errors import NeedsAdmin, NotUnderstood, YellowbusError
from yellowbus.protocols.net import Reply

SYSTEM: Final = "Skyward Qmlativ"
WHERE_CREDENTIALS: Final = (
    "In Qmlativ open Administrative Access > API > Integration, open the Integration Access of this connection and check"
    " the Key, that it is active, and its effective and expiration dates. A lost Secret cannot be read again; generate a"
    " new one, or ask the vendor of the integration where it manages the secrets."
)
_ANY: Final = msgspec.json.Decoder(float_hook=str)
_READ: Final = 2048
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]{2,40}")
_PARAMETER: Final = re.compile(r"[A-Z][A-Za-z0-9]*(?:ID|Date|Year)")


def value_of(body: bytes) -> object:
    return _ANY.decode(body)


def body_of(reply: Reply) -> Mapping[str, object]:
    """The body as an object; {} when it is none."""
    try:
        value = value_of(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def told_in(reply: Reply, names: Sequence[str]) -> str:
    """What an error says: the texts under the profile's names, or else the beginning of the body."""
    answer = body_of(reply)
    told = [said for name in names if name in answer for said in _texts(answer[name])]
    return " ".join(told)[:_READ] if told else reply.body[:_READ].decode("utf-8", "replace")


def _texts(value: object) -> Iterator[str]:
    """All the texts of an error, whatever shape it has: a text, a list, field -> messages, a list of objects."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def refused_login() -> YellowbusError:
    return NeedsAdmin("credentials-refused", system=SYSTEM, where=WHERE_CREDENTIALS)


def judged(reply: Reply, table: Table, columns: Sequence[str], said_by: Sequence[str]) -> Reply:
    """`reply` itself if it is an answer to a question about `columns` of `table`; else raises what it means."""
    if reply.status < 300:
        return reply
    if reply.status < 400:
        raise NeedsAdmin("redirected", host=reply.host, target=reply.redirects_to)
    if reply.status == 401:
        raise refused_login()
    if reply.is_html:
        raise reply.not_understood(f"an answer about {table.path}")
    told = told_in(reply, said_by)
    words = {word.lower() for word in _WORD.findall(told)}
    parameter = required_parameter(told, table)
    if parameter:
        raise NeedsAdmin("qmlativ-parameter", object=table.path, parameter=parameter)
    refused = [name for name in columns if table.columns[name].sent.lower() in words - {table.object.lower()}]
    if refused:
        sent = ", ".join(table.columns[name].sent for name in refused)
        raise NeedsAdmin("qmlativ-fields", object=table.path, fields=sent)
    if reply.status in {403, 404}:
        raise NeedsAdmin("qmlativ-object", object=table.path, host=reply.host)
    raise NotUnderstood("qmlativ-refused", object=table.path, host=reply.host, status=reply.status)


def required_parameter(told: str, table: Table) -> str:
    """The run-time parameter that an error asks for (dossier 5.1), or ""."""
    if "parameter" not in told.lower():
        return ""
    found = [word for word in _PARAMETER.findall(told) if word != table.key]
    return found[0] if found else ""
