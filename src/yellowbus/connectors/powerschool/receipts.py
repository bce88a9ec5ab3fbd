"""What PowerSchool says of one write (powerschool dossier 5.5, 9.4, 9.5, 10.4).

A status of 200 says nothing: the outcome stands in the body. Most codes are not published, so they are passed on as they
are, and only two words in them count: a lock and a lack of access. Descriptions are left out: they may repeat what was
sent.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import targets, wire
from yellowbus.connectors.powerschool.errors import (
    MEANINGS,
    SYSTEM,
    Meaning,
    body_of,
    is_access_level,
    judged,
    missing_columns,
)
from yellowbus.connectors.writing import Receipt, StudentWrite
from yellowbus.errors import NeedsAdmin, OutcomeUnknown, RecordError, YellowbusError
from yellowbus.protocols.net import Reply
from yellowbus.records import Problem

_PATH: Final = re.compile(r"[A-Za-z_][\w/.\[\]-]{0,79}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z][\w.-]{0,59}", re.ASCII)
_LOCK: Final = re.compile(r"(?<!B)LOCK")
_LOCKED: Final = frozenset({409, 423})
_REFUSED: Final = frozenset({400, 422})
_SAVED: Final = frozenset({"SUCCESS", "VALID", "WARNING"})

Name = Callable[[str], str]


def _no_level(reply: Reply) -> YellowbusError:
    return NeedsAdmin("powerschool-write-level", host=reply.host)


def _no_grant(reply: Reply) -> YellowbusError:
    return NeedsAdmin("powerschool-write-grants", missing=", ".join(missing_columns(reply)) or "not named")


def _locked(_: Reply) -> YellowbusError:
    return RecordError("record-locked", system=SYSTEM)


def _refused_whole(reply: Reply) -> YellowbusError:
    errors = wire.blocks(body_of(reply), "errors")
    return refusal([(_path(text(each.get("field"))), _code(text(each.get("code")))) for each in errors])


# What a status means for a write alone comes before what it means for any request.
_MEANINGS: Final = (
    Meaning(is_access_level, _no_level),
    # v1 knows no grants of single fields (dossier 1.2), so its 403, which the vendor lists too (5.5), is of the level.
    Meaning(lambda reply: reply.status == 403 and "errorMessage" in body_of(reply), _no_level),
    Meaning(lambda reply: reply.status == 403 and not reply.is_html, _no_grant),
    Meaning(lambda reply: reply.status in _LOCKED, _locked),
    Meaning(lambda reply: reply.status in _REFUSED, _refused_whole),
    *MEANINGS,
)


def refusal(refused: list[tuple[str, str]]) -> RecordError:
    """The error for a record that was not written, by the target or the path of each complaint and its code."""
    if any(_LOCK.search(code.upper()) for _, code in refused):
        return RecordError("record-locked", refused=tuple(refused), system=SYSTEM)
    named = ", ".join(f"{targets.label_of(field)} ({code})" for field, code in refused) or "no field"
    return RecordError("write-refused", refused=tuple(refused), system=SYSTEM, named=named)


def answer_of(reply: Reply) -> object:
    """The body of an accepted write; None where it is empty (dossier 14, E8).

    Raises what another status means, and OutcomeUnknown where the answer is there and cannot be read.
    """
    judged(reply, _MEANINGS)
    if not reply.body.strip():
        return None
    try:
        return wire.value_of(reply.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise unreadable(reply) from None


def unreadable(reply: Reply) -> OutcomeUnknown:
    return OutcomeUnknown("write-answer-unreadable", host=reply.host)


def of_student(reply: Reply, change: StudentWrite) -> Receipt:
    """The receipt for the one student that was sent. Raises RecordError with what PowerSchool named."""
    answer = answer_of(reply)
    if answer is None:
        raise unreadable(reply)
    result = _result(reply, answer, change.token)
    match text(result.get("status")):
        case "ERROR":
            raise refusal(list(_told(result, "error", _student_name)))
        case "SUCCESS" | "WARNING":
            return _student_receipt(reply, result, change)
    raise reply.not_understood("a result of SUCCESS, WARNING or ERROR")


def _result(reply: Reply, answer: object, token: str) -> wire.Json:
    """The result of this token, which comes back with its type changed (dossier 5.3): compared as text."""
    results = wire.blocks(answer, "results", "result")
    ours = [result for result in results if text(result.get("client_uid")) == token]
    if len(ours) != 1:
        raise reply.not_understood("one result of the client_uid that was sent")
    return ours[0]


def _student_receipt(reply: Reply, result: wire.Json, change: StudentWrite) -> Receipt:
    given = text(wire.block(result.get("success_message")).get("id"))
    if given is None or change.remote not in {"", given}:
        raise reply.not_understood("the id of the student that was written")
    warned = [
        _warning(field, code, written=field in change.values)
        for field, code in _told(result, "warning", _student_name)
    ]
    key = change.values.get("local_id") or "" if change.creates else ""
    # A whole number (dossier 9.3): with zeros before it, only looking tells how it was kept.
    return Receipt(given, "" if key.startswith("0") else key, tuple(warned))


def _student_name(path: str) -> str:
    """The target of `student/name/first_name`, or of `students/…`, which occurs as well (dossier 9.5)."""
    return path.removeprefix("students/").removeprefix("student/").replace("/", ".")


@dataclass(frozen=True, slots=True)
class Saved:
    """A part of a contact that was saved: its id where one was told, the object if it came back, and warnings."""

    id: str
    object: wire.Json
    warnings: tuple[Problem, ...]


def of_contact(reply: Reply, names: Mapping[str, str]) -> Saved:
    """What became of one request to the contacts API; `names` are the targets by the last part of their place."""
    answer = answer_of(reply)
    if answer is None:
        return Saved("", {}, ())
    found = wire.blocks(answer)
    if len(found) != 1:
        raise reply.not_understood("one result")
    return _saved(reply, found[0], lambda path: names.get(re.split(r"[/.]", path)[-1].lower(), path))


def _saved(reply: Reply, result: wire.Json, name: Name) -> Saved:
    """Live servers write error_message where the reference says _error_message (dossier 10.4): both count."""
    status = (text(result.get("status")) or "").upper()
    refused = list(_told(result, "error", name))
    if status == "ERROR" or refused:
        raise refusal(refused)
    told = _message(result, "success")
    if status not in _SAVED and not told:
        raise reply.not_understood("a status or a success message")
    warned = [_warning(field, code, written=True) for field, code in _told(result, "warning", name)]
    given = text(told.get("id")) or text(told.get("Id")) or ""
    return Saved(given, wire.block(result.get("savedObject")), tuple(warned))


def _message(result: wire.Json, kind: str) -> wire.Json:
    return wire.block(result.get(f"{kind}_message")) or wire.block(result.get(f"_{kind}_message"))


def _told(result: wire.Json, kind: str, name: Name) -> Iterator[tuple[str, str]]:
    """Each complaint as target and code, once: a single one is an object, and both spellings occur."""
    message = _message(result, kind)
    seen = set()
    for each in (*wire.blocks(message, kind), *wire.blocks(message, f"_{kind}")):
        told = name(_path(text(each.get("field")))), _code(text(each.get(f"{kind}_code")))
        if told not in seen:
            seen.add(told)
            yield told


def _path(field: str | None) -> str:
    return field if field and _PATH.fullmatch(field) else "unnamed"


def _code(code: str | None) -> str:
    return code if code and _CODE.fullmatch(code) else "no code"


def _warning(field: str, code: str, *, written: bool) -> Problem:
    """A warning comes with a record that was saved: one about a field that was not sent is a note."""
    label = targets.label_of(field)
    right = _right(field, code)
    if right:
        facts = {"system": SYSTEM, "field": label, "right": right}
        return Problem("write-right-lacking", field, facts, warning=True)
    told = {"system": SYSTEM, "field": label, "warning": code}
    return Problem("write-warned", field, told, warning=True, note=not written)


def _right(field: str, code: str) -> str:
    """The right that a warning speaks of: a student field that needs one, or NoAccess (dossier 1.2, 11.3)."""
    known = targets.students().get(field)
    if known and known.field.needs_right:
        return known.field.needs_right
    contact = targets.contacts().get(field)
    needed = contact.field.needs_right if contact else field
    return needed if "ACCESS" in code.upper() else ""
