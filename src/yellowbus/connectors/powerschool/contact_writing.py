"""Writing one contact of one student through /ws/contacts (powerschool dossier 10.1 to 10.4).

A contact is several things there, and each is written by a request of its own; only a new one goes whole. What was held
before and stays the same is not sent. A refusal ends the contact: what was written before it stays, and is found held by
whoever comes again.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import (
    codes,
    contact_api,
    contact_parts,
    endpoints,
    receipts,
    targets,
    wire,
)
from yellowbus.connectors.powerschool.contact_parts import KINDS, Parts, Wanted
from yellowbus.connectors.powerschool.errors import SYSTEM, judged
from yellowbus.connectors.powerschool.receipts import Saved
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.writing import ContactWrite, Receipt
from yellowbus.errors import RecordError
from yellowbus.protocols.net import Reply

# What demographics hold; the lists beside them are left alone there (dossier 10.1).
_PERSON: Final = (
    "contactId",
    "prefix",
    "firstName",
    "middleName",
    "lastName",
    "suffix",
    "gender",
    "employer",
    "stateContactNumber",
    "contactNumber",
    "stateExcludeFromReporting",
    "active",
)


class ContactWriter:
    """Writes contacts on one server. Its code sets are read once."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def write(self, change: ContactWrite) -> Receipt:
        parts = contact_parts.parted(change.values, self._codes)
        _refuse_without_last_name(change, parts)
        if not change.contact:
            return self._create(change, parts)
        item = self._held(change.contact)
        tie = _tie(item, change)
        if change.link and not tie:
            raise RecordError("contact-gone", system=SYSTEM)
        held = Receipt(change.contact, text(tie.get("studentContactId")) or "")
        tied = held if tie else self._tie(change, parts)
        warned = [warning for saved in self._updates(change, parts, item, tie) for warning in saved.warnings]
        return Receipt(tied.remote, tied.key, (*tied.warnings, *warned))

    @cached_property
    def _codes(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for code in codes.code_sets(self._server):
            found.setdefault(code.set, set()).add(code.value)
        return {name: frozenset(values) for name, values in found.items()}

    def _create(self, change: ContactWrite, parts: Parts) -> Receipt:
        entries = list(contact_parts.wanted(parts, {}, self._codes))
        lists = {kind: [entry.changes for entry in entries if entry.kind.name == kind] for kind in KINDS}
        body = {
            **_filled(parts.person),
            "active": True,
            **{kind: new for kind, new in lists.items() if new},
            "contactStudents": [_new_tie(change, parts)],
        }
        reply = self._server.send("POST", endpoints.NEW_CONTACT, body)
        saved = receipts.of_contact(reply, _names(change))
        contact = saved.id or text(saved.object.get("contactId"))
        if not contact:
            raise receipts.unreadable(reply)
        ties = contact_api.ties_of(saved.object, change.student)
        link = text(ties[0].get("studentContactId")) if ties else None
        return Receipt(contact, link or "", saved.warnings)

    def _held(self, contact: str) -> wire.Json:
        reply = self._server.get(endpoints.CONTACT.format(contact=contact)) if wire.is_id(contact) else None
        if reply is None or reply.status == 404:
            raise RecordError("contact-gone", system=SYSTEM)
        found = contact_api.items_in(self._server, judged(reply))
        if [text(item.get("contactId")) for item in found] != [contact]:
            raise reply.not_understood("the contact that was asked for")
        return found[0]

    def _tie(self, change: ContactWrite, parts: Parts) -> Receipt:
        path = endpoints.CHILDREN.format(contact=change.contact, kind="students")
        saved = self._judged(self._server.send("POST", path, _new_tie(change, parts)), change)
        return Receipt(change.contact, saved.id, saved.warnings)

    def _updates(
        self, change: ContactWrite, parts: Parts, item: wire.Json, tie: wire.Json
    ) -> Iterator[Saved]:
        if _differs(item, parts.person):
            held: wire.Json = {key: item[key] for key in _PERSON if key in item}
            path = endpoints.DEMOGRAPHICS.format(contact=change.contact)
            yield self._judged(self._server.send("PUT", path, {**held, **parts.person}), change)
        if tie and parts.detail:
            yield from self._detail(change, parts, tie)
        for entry in contact_parts.wanted(parts, item, self._codes):
            yield from self._entry(change, entry)

    def _detail(self, change: ContactWrite, parts: Parts, tie: wire.Json) -> Iterator[Saved]:
        """The active detail alone is changed: exactly one may be active (dossier 10.3), and one that is not stays so."""
        held = contact_api.detail_of(tie)
        if not _differs(held, parts.detail):
            return
        link = text(tie.get("studentContactId"))
        path = endpoints.DETAILS.format(contact=change.contact, tie=link)
        number = text(held.get("studentContactDetailId"))
        if number is None:
            reply = self._server.send("POST", path, {**_filled(parts.detail), "active": True})
        else:
            path = endpoints.DETAIL.format(contact=change.contact, tie=link, detail=number)
            reply = self._server.send("PUT", path, {**held, **parts.detail})
        yield self._judged(reply, change)

    def _entry(self, change: ContactWrite, entry: Wanted) -> Iterator[Saved]:
        """Added, changed or taken away; by its association id, for an entity id is not found (dossier 10.3)."""
        kind = entry.kind
        if not entry.held:
            path = endpoints.CHILDREN.format(contact=change.contact, kind=kind.name)
            yield self._judged(self._server.send("POST", path, entry.changes), change)
            return
        if not entry.changed():
            return
        path = endpoints.CHILD.format(contact=change.contact, kind=kind.name, child=entry.id)
        if kind.fills(entry.after):
            yield self._judged(self._server.send("PUT", path, entry.after), change)
        else:
            yield self._judged(self._server.send("DELETE", path), change)

    def _judged(self, reply: Reply, change: ContactWrite) -> Saved:
        if reply.status == 404:
            raise RecordError("contact-gone", system=SYSTEM)
        return receipts.of_contact(reply, _names(change))


def _refuse_without_last_name(change: ContactWrite, parts: Parts) -> None:
    """A contact needs a last name (dossier 10.3), and a tie the student's number (dossier 10.2)."""
    blank = "lastName" in parts.person and not parts.person["lastName"]
    lacks = {
        "Contacts.LastName": blank or (not change.contact and "lastName" not in parts.person),
        "local_id": not change.link and not change.student_key,
    }
    missing = [name for name, lacking in lacks.items() if lacking]
    if missing:
        fields = ", ".join(targets.label_of(name) for name in missing)
        refused = tuple((name, "REQUIRED") for name in missing)
        raise RecordError("write-required", refused=refused, system=SYSTEM, fields=fields)


def _tie(item: wire.Json, change: ContactWrite) -> wire.Json:
    """What ties the contact to the student already; {} where nothing does."""
    ties = contact_api.ties_of(item, change.student)
    ours = [tie for tie in ties if change.link in {"", text(tie.get("studentContactId"))}]
    return ours[0] if ours else {}


def _new_tie(change: ContactWrite, parts: Parts) -> wire.Json:
    """Where nothing is said of the two, PowerSchool makes the detail itself (dossier 10.3)."""
    detail = _filled(parts.detail)
    details = {"studentDetails": [{**detail, "active": True}]} if detail else {}
    return {"studentNumber": change.student_key, "sequence": change.slot, **details}


def _filled(values: wire.Json) -> wire.Json:
    return {key: value for key, value in values.items() if value is not None}


def _differs(held: wire.Json, wanted: wire.Json) -> bool:
    return any(_changed(held.get(key), value) for key, value in wanted.items())


def _changed(held: object, wanted: object) -> bool:
    """A flag that nobody set is one that is off."""
    return (held is True) != wanted if isinstance(wanted, bool) else text(held) != text(wanted)


def _names(change: ContactWrite) -> Mapping[str, str]:
    """The targets by the last part of their place: those that were sent, then those that go with them.

    Of several that share it the first counts. PowerSchool may miss one that was not sent, such as a type.
    """
    known = targets.contacts()
    sent = [known[name].at.rpartition(".") for name in change.values]
    groups = {group for group, _, _ in sent} | {"detail"}
    beside = (name for name, target in known.items() if target.at.rpartition(".")[0] in groups)
    names: dict[str, str] = {}
    for name in (*change.values, *beside):
        names.setdefault(known[name].at.rpartition(".")[2].lower(), name)
    return names
