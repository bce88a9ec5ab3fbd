"""The contacts of one registration: each place on its own, matched with what the SIS has before anything is made new."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yellowbus.connectors.writing import HeldContact, Writer
from yellowbus.enroll.registrations import Form
from yellowbus.planning.contact_match import Known, Place, Unsure, match_contact
from yellowbus.planning.diff import Changes, diff, may_write
from yellowbus.records import Problem
from yellowbus.runs.exporting.gaps import as_kept
from yellowbus.runs.exporting.planned import Act, PlannedContact
from yellowbus.runs.exporting.targets import Values, place_of, placed_name
from yellowbus.runs.exporting.terms import Terms
from yellowbus.runs.models import KeptContact


@dataclass(slots=True)
class ContactPlan:
    """What would become of the contacts; `changes` by placed names."""

    contacts: list[PlannedContact] = field(default_factory=list)
    changes: Changes = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    holding: list[str] = field(default_factory=list)


def plan_contacts(
    form: Form, places: Mapping[int, Values], writer: Writer, terms: Terms, *, student: str
) -> ContactPlan:
    """`student` is the student's id in the SIS, blank for one who is yet to be created."""
    found = ContactPlan()
    given = {slot: values for slot, values in places.items() if slot and _is_filled(slot, values, terms)}
    if not given:
        return found
    own = writer.contacts(student) if student else []
    kept = kept_contacts(terms.connection, student)
    ids = {slot: known_ids(form, slot, terms, kept) for slot in given}
    taken = _surely(given, own, terms, ids)
    for slot, values in given.items():
        lacking = [name for name in terms.targets.required_of_contact if not values.get(name)]
        if lacking:
            found.problems.append(_lacking(slot, lacking, terms))
            continue
        others = {remote for other, remote in taken.items() if other != slot}
        _plan_one(found, slot, values, Around(own, writer, terms, ids[slot], others))
    return found


def _surely(
    given: Mapping[int, Values], own: Sequence[HeldContact], terms: Terms, ids: Mapping[int, Sequence[str]]
) -> dict[int, str]:
    """The contacts of the student that the places of the form are for sure: a phone shared with them says nothing."""
    found: dict[int, str] = {}
    for slot, values in given.items():
        match = match_contact(values, own, (), terms.targets.roles, ids=ids[slot])
        if isinstance(match, Known):
            found[slot] = match.remote
    return found


def _is_filled(slot: int, values: Values, terms: Terms) -> bool:
    """Whether the family said anything there: what the mapping says of everybody makes no contact."""
    return any(value for name, value in values.items() if placed_name(slot, name) not in terms.constants)


@dataclass(frozen=True, slots=True)
class Around:
    """What a contact is compared with."""

    own: Sequence[HeldContact]
    writer: Writer
    terms: Terms
    ids: Sequence[str] = ()
    taken: frozenset[str] | set[str] = frozenset()

    def match(self, values: Values) -> tuple[Known | Unsure | None, HeldContact | None]:
        """What the contact is, and as the SIS holds it. Others' contacts are asked for only where needed."""
        roles = self.terms.targets.roles
        found = match_contact(values, self.own, (), roles, ids=self.ids, taken=self.taken)
        if isinstance(found, Known):
            return found, _held(found.remote, self.own)
        elsewhere = list(self.writer.contacts_like(values))
        found = match_contact(values, self.own, elsewhere, roles, ids=self.ids, taken=self.taken)
        if isinstance(found, Known):
            return found, _held(found.remote, [*self.own, *elsewhere])
        return (found, None) if isinstance(found, Unsure) else (None, None)


def _held(remote: str, contacts: Sequence[HeldContact]) -> HeldContact:
    return next(each for each in contacts if each.remote == remote)


def kept_contacts(connection: int, student: str) -> dict[int, str]:
    """By place, the contact that the last export left there; none for a student who is yet to be created."""
    rows = KeptContact.objects.filter(connection=connection, student=student)
    return dict(rows.values_list("slot", "contact")) if student else {}


def known_ids(form: Form, slot: int, terms: Terms, kept: Mapping[int, str]) -> list[str]:
    """The contact that stood in this place before: as the last export left it, and as an import kept it."""
    imported = form.values.get(terms.contact_ids.get(slot, ""), "")
    return [each for each in (kept.get(slot), imported) if each]


def _plan_one(found: ContactPlan, slot: int, values: Values, around: Around) -> None:
    match, held = around.match(values)
    if isinstance(match, Unsure):
        facts = {"slot": slot, "contacts": ", ".join(match.remotes)}
        found.problems.append(Problem(match.reason, str(slot), facts, warning=True))
        return
    changes = contact_changes(slot, values, held, around.terms)
    if held is None or match is None:
        found.contacts.append(PlannedContact(slot, Act.CREATE))
        found.changes |= changes
        return
    own = match.place is Place.OWN
    act = (Act.UPDATE if changes else Act.KEEP) if own else Act.TIE
    found.contacts.append(PlannedContact(slot, act, held.remote, held.link if own else ""))
    found.changes |= changes
    found.holding += [placed_name(slot, name) for name, value in held.values.items() if value]
    found.problems += _shared(slot, held, own=own, changes=changes)


def contact_changes(slot: int, values: Values, held: HeldContact | None, terms: Terms) -> Changes:
    """By placed names, under the write rules of the mapping, as far as the SIS can keep it."""
    current = {name: value for name, value in held.values.items() if value} if held else {}
    rules = {name: terms.compiled.write_rules.get(placed_name(slot, name)) for name in values}
    may = {
        name: value
        for name, value in values.items()
        if may_write(rules[name], current.get(name), creates=held is None)
    }
    kept = terms.targets.as_written(as_kept(may, current, terms.targets), current)
    changes = diff(kept, current if held else None, {})
    return {placed_name(slot, name): pair for name, pair in changes.items()}


def _shared(slot: int, held: HeldContact, *, own: bool, changes: Changes) -> Iterator[Problem]:
    """Others use the contact: said before it is changed, and by which nothing is lost."""
    others = held.children - 1 if own else held.children
    if others > 0 and changes:
        facts = {"slot": slot, "count": others, "contact": held.remote}
        yield Problem("export-contact-of-others", str(slot), facts, warning=True, note=True)


def _lacking(slot: int, lacking: Sequence[str], terms: Terms) -> Problem:
    labels = ", ".join(terms.targets.label(placed_name(slot, name)) for name in lacking)
    return Problem(
        "export-contact-lacks", placed_name(slot, lacking[0]), {"slot": slot, "fields": labels}, warning=True
    )


def to_send(
    values: Values, held: HeldContact | None, *, slot: int, held_back: Mapping[str, object], terms: Terms
) -> Values:
    """What is sent of a place for a contact that is new to the student, without what waits."""
    changes = contact_changes(slot, values, held, terms)
    return {place_of(name)[1]: after for name, (_, after) in changes.items() if name not in held_back}
