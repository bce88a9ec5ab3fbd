"""Households and the grown-ups around them."""

import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from yellowbus.simulators.district import names
from yellowbus.simulators.district.chance import Chance, spread
from yellowbus.simulators.district.people import (
    Address,
    Contact,
    Detail,
    Email,
    Home,
    Household,
    Phone,
    Student,
    Tie,
)

LEGACY_BY_RELATIONSHIP = {"Mother": "mother", "Father": "father", "Guardian": "guardian"}
GUARDIANS = frozenset({"Mother", "Father", "Guardian", "Foster Parent"})
PHONE_TYPES = ("Mobile", "Home", "Work")
MOST_CONTACTS = 6
LANGUAGES = spread(names.LANGUAGES)
OTHERS_PER_HOME = spread({0: 45, 1: 30, 2: 17, 3: 8})
PHONES_PER_PERSON = spread({0: 4, 1: 56, 2: 32, 3: 8})
NO_ADDRESS = Address("", "", "", "", "")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Letters and digits without accents, in lower case, as they stand in an e-mail address.

    >>> plain("D'Souza-Núñez")
    'dsouzanunez'
    """
    folded = unicodedata.normalize("NFKD", text.replace("ø", "o"))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum()).lower()


def surname(rng: Chance) -> str:
    """A surname; about one in eight is double, some have a particle."""
    chance = rng.random()
    if chance < 0.05:
        return f"{rng.pick(names.SURNAMES)}-{rng.pick(names.SURNAMES)}"
    if chance < 0.11:
        return f"{rng.pick(names.SURNAMES)} {rng.pick(names.SURNAMES)}"
    if chance < 0.13:
        return rng.pick(names.PARTICLE_SURNAMES)
    return rng.pick(names.SURNAMES)


def phone_number(rng: Chance) -> str:
    """A number that rings nowhere, written as one of those people use."""
    area, line = rng.pick((480, 602, 928)), f"{rng.between(100, 200):04d}"
    chance = rng.random()
    if chance < 0.75:
        return f"{area}-555-{line}"
    if chance < 0.90:
        return f"{area}555{line}"
    return f"({area}) 555-{line}" if chance < 0.97 else f"+1 {area} 555 {line}"


def address(rng: Chance) -> Address:
    """A home in town. One in fifty is not known, one in a hundred lacks its street."""
    chance = rng.random()
    if chance < 0.02:
        return NO_ADDRESS
    city, postal_code = rng.pick(names.CITIES)
    street = (
        ""
        if chance < 0.03
        else f"{rng.between(1, 9900)} {rng.pick(names.STREETS)} {rng.pick(names.STREET_KINDS)}"
    )
    unit = f"Apt {rng.between(1, 60)}" if rng.random() < 0.12 else ""
    extended = f"{postal_code}-{rng.between(1000, 9999)}" if rng.random() < 0.06 else postal_code
    return Address(street, unit, city, "AZ", extended)


def mailing(rng: Chance) -> Address | None:
    """Where the post goes if not home: a box in town, or far away, with postal codes that begin with a
    zero.
    """
    chance = rng.random()
    if chance > 0.12:
        return None
    city, state, postal_code = rng.pick(names.AWAY) if chance < 0.05 else (names.CITIES[0][0], "AZ", "85251")
    return Address(f"PO Box {rng.between(10, 9000)}", "", city, state, postal_code)


def household(rng: Chance) -> Household:
    language = rng.pick(LANGUAGES)
    return Household(
        surname(rng), address(rng), mailing(rng), phone_number(rng) if rng.random() < 0.97 else "", language
    )


@dataclass(slots=True)
class FamilyBuilder:
    """Makes the grown-ups of a household and ties them to its children. Ids of things and of their ties
    never agree, so that whoever mixes them up is found out.
    """

    rng: Chance
    people: int = 0
    emails: int = 2000
    phones: int = 5000
    homes: int = 8000
    links: int = 100_000
    ties: int = 300
    details: int = 700_000

    def grown_ups(self, home: Household) -> list[tuple[str, Contact]]:
        """(relationship, person) in the order in which the school should call."""
        chance = self.rng.random()
        if chance < 0.03:
            return []
        parents = names.FAMILY[:1] if chance < 0.24 else names.FAMILY
        third = (self.rng.pick(names.THIRD_PARENT),) if chance > 0.90 else ()
        others = tuple(self.rng.pick(names.OTHERS) for _ in range(self.rng.pick(OTHERS_PER_HOME)))
        wanted = (*parents, *third, *others)[:MOST_CONTACTS]
        return [(relationship, self.contact(relationship, gender, home)) for relationship, gender in wanted]

    def contact(self, relationship: str, gender: str, home: Household) -> Contact:
        rng = self.rng
        first = rng.pick(names.BOYS if gender == "M" else names.GIRLS)
        same_name = relationship in GUARDIANS and rng.random() < 0.7
        last = home.surname if same_name else surname(rng)
        self.people += 1
        return Contact(
            id=self.people,
            prefix={"M": "Mr.", "F": "Ms."}.get(gender, "") if rng.random() < 0.3 else "",
            first=first,
            middle=rng.pick(names.MIDDLES) if rng.random() < 0.2 else "",
            last=last,
            suffix=rng.pick(names.SUFFIXES) if gender == "M" and rng.random() < 0.03 else "",
            gender=gender,
            employer=rng.pick(names.EMPLOYERS) if rng.random() < 0.3 else "",
            emails=self._emails(first, last, relationship),
            phones=self._phones(home, relationship),
            homes=self._homes(home, relationship),
        )

    def tie(self, student: Student, grown_ups: list[tuple[str, Contact]]) -> None:
        """Give a child its contacts. A later child of the family shares the persons, never the ties."""
        taken: set[str] = set()
        for relationship, person in grown_ups:
            self.ties += 1
            self.details += 2
            legacy = self._legacy(relationship, taken)
            student.ties.append(self._tie(student, relationship, person, legacy))

    def again(self, grown_ups: list[tuple[str, Contact]]) -> list[tuple[str, Contact]]:
        """The same grown-ups entered a second time, as offices and upgrades do (powerschool dossier 10.5)."""
        return [(relationship, self._copy(person)) for relationship, person in grown_ups]

    def _copy(self, person: Contact) -> Contact:
        return replace(
            person,
            id=self.next_id("people"),
            emails=[replace(e, id=self.next_id("emails"), link=self.next_id("links")) for e in person.emails],
            phones=[replace(p, id=self.next_id("phones"), link=self.next_id("links")) for p in person.phones],
            homes=[replace(h, id=self.next_id("homes"), link=self.next_id("links")) for h in person.homes],
        )

    def _tie(self, student: Student, relationship: str, person: Contact, legacy: str) -> Tie:
        guardian, chance = relationship in GUARDIANS, self.rng.random()
        return Tie(
            id=self.ties,
            contact=person,
            student_dcid=student.dcid,
            priority=len(student.ties) + 1,
            legacy=legacy,
            details=[
                Detail(
                    id=self.details,
                    relationship=relationship,
                    note="Weekends only" if chance < 0.02 else "",
                    custodial=guardian and chance < 0.95,
                    lives_with=relationship not in {"Neighbor", "Not Set"} and chance < 0.8,
                    emergency=guardian or chance < 0.9,
                    pickup=chance < 0.85,
                    mail=guardian and chance < 0.9,
                )
            ],
        )

    @staticmethod
    def _legacy(relationship: str, taken: set[str]) -> str:
        wanted = LEGACY_BY_RELATIONSHIP.get(relationship)
        for slot in (wanted, "emergency1", "emergency2", "emergency3"):
            if slot and slot not in taken and (wanted is None or slot == wanted):
                taken.add(slot)
                return slot
        return ""

    def next_id(self, kind: str) -> int:
        """The next id of one kind: people, emails, phones, homes, links, ties or details."""
        number: int = getattr(self, kind) + 1
        setattr(self, kind, number)
        return number

    def _emails(self, first: str, last: str, relationship: str) -> list[Email]:
        chance = self.rng.random()
        if chance < (0.12 if relationship in GUARDIANS else 0.6):
            return []
        domain = "example.org" if chance < 0.6 else "example.com"
        local = f"{plain(first)}.{plain(last)}{self.people}"
        found = [
            Email(self.next_id("emails"), self.next_id("links"), "Current", f"{local}@{domain}", primary=True)
        ]
        if chance > 0.95:
            address = f"{local}@work.example.com"
            found.append(Email(self.next_id("emails"), self.next_id("links"), "Work", address, primary=False))
        return found

    def _phones(self, home: Household, relationship: str) -> list[Phone]:
        rng = self.rng
        count = rng.pick(PHONES_PER_PERSON)
        numbers = [phone_number(rng) for _ in range(count)]
        if count > 1 and relationship in GUARDIANS and home.phone:
            numbers[1] = home.phone
        return [
            Phone(
                self.next_id("phones"),
                self.next_id("links"),
                PHONE_TYPES[place],
                number,
                str(rng.between(10, 99)) if place == 2 else "",
                sms=place == 0,
                preferred=place == 0,
            )
            for place, number in enumerate(numbers)
        ]

    def _homes(self, home: Household, relationship: str) -> list[Home]:
        if relationship in GUARDIANS and home.address.street:
            return [Home(self.next_id("homes"), self.next_id("links"), "Home", home.address)]
        own = address(self.rng)
        if not own.street or self.rng.random() < 0.5:
            return []
        return [Home(self.next_id("homes"), self.next_id("links"), "Home", own)]
