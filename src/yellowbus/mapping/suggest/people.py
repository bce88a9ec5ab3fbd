"""Which of the people that headings name takes which contact slot of Enroll."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from yellowbus.catalog import SLOTS
from yellowbus.mapping.suggest.headings import PEOPLE, Heading, Owner

Person: TypeAlias = tuple[Owner, int, str]


def person_of(heading: Heading) -> Person:
    return (heading.owner, heading.number, heading.named)


def seats(headings: Iterable[Heading]) -> Mapping[Person, str]:
    """The slot of each person, as "guardian1". Whose place is unclear gets none.

    Numbers count where there are any. Otherwise parents named by kinship sit in the order of their columns; a contact
    without a word on what it is, and who answers a form about a child, are guardians where nobody else is one.
    """
    people = dict.fromkeys(person_of(each) for each in headings if each.owner in PEOPLE)
    return {**_emergency(people), **_guardians(people)}


def _emergency(people: Iterable[Person]) -> dict[Person, str]:
    mine = [person for person in people if person[0] is Owner.EMERGENCY]
    numbers = {number for _, number, _ in mine}
    return {
        person: f"emergency{person[1] or 1}"
        for person in mine
        if person[1] in SLOTS or (person[1] == 0 and 1 not in numbers)
    }


def _guardians(people: Iterable[Person]) -> dict[Person, str]:
    by_owner = {owner: [each for each in people if each[0] is owner] for owner in PEOPLE}
    for owner in (Owner.GUARDIAN, Owner.CONTACT, Owner.RESPONDENT):
        if by_owner[owner]:
            return {person: f"guardian{place}" for person, place in _places(by_owner[owner]).items()}
    return {}


def _places(people: list[Person]) -> dict[Person, int]:
    numbered = {person: person[1] for person in people if person[1] in SLOTS}
    named = [person for person in people if person[2] and not person[1]]
    unsaid = [person for person in people if not person[1] and not person[2]]
    if numbered:
        first = {unsaid[0]: 1} if unsaid and 1 not in numbered.values() else {}
        return numbered | first
    if named:
        return {person: place for place, person in enumerate(named[: len(SLOTS)], 1)}
    return dict.fromkeys(unsaid[:1], 1)
