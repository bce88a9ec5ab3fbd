"""The values of one contact, as the contacts API keeps them: in the person, in its tie to a student, in lists
(powerschool dossier 10.2).

A list has no slots of its own: `emails.2` is the second address that the reading side would show, and `phones.home`
the first phone of that use. What is new goes to the end.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from yellowbus.connectors.base import text
from yellowbus.connectors.powerschool import contact_api, targets, wire
from yellowbus.connectors.powerschool.errors import SYSTEM
from yellowbus.connectors.powerschool.reach import use_of
from yellowbus.errors import RecordError
from yellowbus.records import Value

Codes = Mapping[str, frozenset[str]]

_FLAGS: Final = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_UNSET: Final = "Not Set"  # what PowerSchool itself calls a type that nobody chose (dossier 10.2)


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of a contact. `id` is the association id, by which it is changed; without any of `main` it is nothing."""

    name: str
    id: str
    type: str
    codes: str
    main: tuple[str, ...]
    in_order: Callable[[wire.Json], list[wire.Json]]

    def fills(self, child: wire.Json) -> bool:
        return any(text(child.get(key)) for key in self.main)


KINDS: Final = {
    kind.name: kind
    for kind in (
        Kind("emails", "contactEmailId", "type", "email", targets.MAIN["emails"], contact_api.emails),
        Kind("phones", "contactsPhoneId", "phoneType", "phone", targets.MAIN["phones"], contact_api.phones),
        Kind(
            "addresses",
            "contactsAddressId",
            "addressType",
            "address",
            targets.MAIN["addresses"],
            contact_api.addresses,
        ),
    )
}


@dataclass(slots=True)
class Wanted:
    """One entry of a list: `held` as it is, {} for a new one, and what of it is to be written."""

    kind: Kind
    held: wire.Json = field(repr=False)
    changes: wire.Json = field(repr=False)

    @property
    def id(self) -> str:
        return text(self.held.get(self.kind.id)) or ""

    @property
    def after(self) -> wire.Json:
        return {**self.held, **self.changes}

    def changed(self) -> bool:
        return any(text(self.held.get(key)) != text(value) for key, value in self.changes.items())


@dataclass(slots=True)
class Parts:
    """What is to be written, by where it goes. `entries` are by kind and place, such as ("phones", "home")."""

    person: wire.Json = field(default_factory=dict, repr=False)
    detail: wire.Json = field(default_factory=dict, repr=False)
    entries: dict[tuple[str, str], wire.Json] = field(default_factory=dict, repr=False)

    def of(self, kind: Kind) -> list[tuple[str, wire.Json]]:
        """By place: the numbered ones first, since a new entry is put where it comes."""
        named = [(place, changes) for (name, place), changes in self.entries.items() if name == kind.name]
        return sorted(named, key=lambda each: each[0] if each[0].isdigit() else "~")


def parted(values: Mapping[str, Value], codes: Codes) -> Parts:
    """Raises RecordError for a value that no target or no code of PowerSchool fits, before anything is written."""
    parts = Parts()
    for name, value in values.items():
        target = targets.contacts().get(name)
        if target is None:
            raise _refusal("write-not-taken", name, "NOT_TAKEN", fields=name)
        told = _told(name, target, value, codes)
        match target.at.split("."):
            case [key]:
                parts.person[key] = told
            case ["detail", key]:
                parts.detail[key] = told
            case [kind, place, key]:
                parts.entries.setdefault((kind, place), {})[key] = told
    return parts


def _told(name: str, target: targets.Target, value: Value, codes: Codes) -> object:
    if target.field.type == "boolean":
        flag = _FLAGS.get((value or "false").strip().lower())
        if flag is None:
            raise _unknown(name, "yes or no")
        return flag
    known = codes.get(target.field.codes, frozenset())
    if value is not None and known and value not in known:
        raise _unknown(name, "a code that PowerSchool has for it")
    return value


def wanted(parts: Parts, item: wire.Json, codes: Codes) -> Iterator[Wanted]:
    """The entries to write into a contact as it is held, {} for a new one. Two places of one entry are one.

    What the list has already, at whatever place, is not added to it again: its places close up where one is blank.
    """
    for kind in KINDS.values():
        held = kind.in_order(item)
        found: list[Wanted] = []
        for place, changes in parts.of(kind):
            _join(found, _at(kind, place, held, changes, codes))
        yield from (entry for entry in found if entry.held)
        kept = [_mains(kind, {**child, **_changes_of(child, found)}) for child in held]
        new = [entry for entry in found if not entry.held and kind.fills(entry.changes)]
        new = [entry for entry in new if _mains(kind, entry.changes) not in kept]
        for number, entry in enumerate(new, 1 + max(map(contact_api.sequence, held), default=0)):
            yield _last(entry, number, first=not held and number == 1, codes=codes)


def _last(entry: Wanted, number: int, *, first: bool, codes: Codes) -> Wanted:
    """A new entry at the end of its list, of the type of no choice where it has none and the district knows that."""
    kind = entry.kind
    place: wire.Json = {"primary": first} if kind.name == "emails" else {"sequence": number}
    unset = {kind.type: _UNSET} if _UNSET in codes.get(kind.codes, frozenset()) else {}
    filled = {key: value for key, value in entry.changes.items() if value is not None}
    return Wanted(kind, {}, {**unset, **filled, **place})


def _at(kind: Kind, place: str, held: list[wire.Json], changes: wire.Json, codes: Codes) -> Wanted:
    if place.isdigit():
        there = held[int(place) - 1 : int(place)]
        return Wanted(kind, there[0] if there else {}, changes)
    use = f"contact.phone_{place}"
    there = [phone for phone in held if use_of(text(phone.get(kind.type))) == use]
    if there or not kind.fills(changes):
        return Wanted(kind, there[0] if there else {}, changes)
    return Wanted(kind, {}, {kind.type: _type_for(place, use, codes), **changes})


def _type_for(place: str, use: str, codes: Codes) -> str:
    """The district's own word for a use, which is what the reading side knows it by."""
    known = codes.get("phone")
    if not known:
        return place.capitalize()
    fitting = sorted(code for code in known if use_of(code) == use)
    if not fitting:
        raise _unknown(f"Contacts.Phones{place.capitalize()}", "a phone type of PowerSchool for this use")
    return fitting[0]


def _join(found: list[Wanted], entry: Wanted) -> None:
    same = next((other for other in found if _same(other, entry)), None)
    if same is None:
        found.append(entry)
        return
    clash = [key for key in entry.changes if same.changes.get(key, entry.changes[key]) != entry.changes[key]]
    if clash and entry.held:
        fields = ", ".join(sorted(f"{entry.kind.name} {key}" for key in clash))
        raise RecordError("write-value-twice", system=SYSTEM, fields=fields)
    same.changes = {**entry.changes, **same.changes}


def _same(one: Wanted, other: Wanted) -> bool:
    """One entry that is held; or two new ones that say the same and do not gainsay each other."""
    if one.held or other.held:
        return one.id == other.id
    agree = all(one.changes.get(key, value) == value for key, value in other.changes.items())
    return agree and _main(one) == _main(other)


def _main(entry: Wanted) -> list[Value]:
    return _mains(entry.kind, entry.changes)


def _mains(kind: Kind, child: wire.Json) -> list[Value]:
    return [text(child.get(key)) for key in kind.main]


def _changes_of(child: wire.Json, found: list[Wanted]) -> wire.Json:
    return next((entry.changes for entry in found if entry.held is child), {})


def _unknown(name: str, expected: str) -> RecordError:
    return _refusal("write-value-unknown", name, "UNKNOWN_VALUE", field=name, expected=expected)


def _refusal(code: str, name: str, why: str, **facts: str) -> RecordError:
    return RecordError(code, refused=((name, why),), system=SYSTEM, **facts)
