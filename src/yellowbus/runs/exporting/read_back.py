"""What was sent against what the SIS holds now: an accepted write proves nothing (enroll-sync 5.2.7)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from yellowbus.connectors.writing import Held, HeldContact
from yellowbus.records import Problem, Value
from yellowbus.runs.exporting.contacts import kept_contacts
from yellowbus.runs.exporting.targets import Pair, by_place, placed_name
from yellowbus.runs.models import Change

if TYPE_CHECKING:
    from yellowbus.runs.exporting.terms import Terms
    from yellowbus.runs.exporting.write import Desk


def compare(desk: "Desk", change: Change, remote: str, held: Held | None) -> list[Problem]:
    """Every value of the plan that the SIS does not hold, with the right that it likely asks for.

    `held` is the student as the SIS shows it after the write, None if it shows none.
    """
    if held is None:
        return [Problem("export-not-found-again", "", {}, warning=True)]
    planned = by_place(change.changes or {})
    problems = list(_missing(planned.pop(0, {}), held.values, 0, desk.terms))
    if any(planned.values()):
        problems += _compare_contacts(desk, remote, planned)
    return problems


def _compare_contacts(
    desk: "Desk", remote: str, planned: Mapping[int, Mapping[str, Pair]]
) -> Iterator[Problem]:
    """Of the contacts that were written; one that failed has its own problem already."""
    contact_of = kept_contacts(desk.terms.connection, remote)
    held = {each.remote: each for each in desk.writer.contacts(remote)}
    for slot, changes in planned.items():
        contact: HeldContact | None = held.get(contact_of.get(slot, ""))
        if contact is not None:
            yield from _missing(changes, contact.values, slot, desk.terms)


def _missing(
    changes: Mapping[str, Pair], held: Mapping[str, Value], slot: int, terms: "Terms"
) -> Iterator[Problem]:
    for name, (before, after) in changes.items():
        now = held.get(name)
        if terms.targets.same(name, now, after):
            continue
        placed = placed_name(slot, name) if slot else name
        right = terms.targets.right(placed)
        dropped = terms.targets.same(name, now, before) or not now
        code = (
            ("export-value-dropped" if right else "export-value-not-kept")
            if dropped
            else "export-value-altered"
        )
        facts = {"field": terms.targets.label(placed), "right": right}
        yield Problem(code, placed, facts, warning=True)
