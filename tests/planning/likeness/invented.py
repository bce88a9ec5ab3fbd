"""A district of invented families and what a school office types of it: seeded, the same for the same seed.

Six of ten incoming records are known children typed again, by people: with accents and case lost, slips, nicknames,
double names cut or turned, day and month exchanged, first and last name exchanged, a birth date left out, a household
that has moved. Four of ten are new: brothers and sisters, twins, namesakes born on the same day, fathers' namesakes,
children of new families, some of them twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from planning.likeness import pools

_FIRST_BIRTHDAY = date(2008, 1, 1)
_DAYS = 13 * 365
_SYLLABLES = "ba ca da fe ga hi ko la mo ne pa ri sa to va ze lin mar ten son del ros win bur ham"


@dataclass(frozen=True)
class Family:
    last: str
    street: str
    way: int
    unit: str
    code: str
    phones: tuple[str, ...]
    parents: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Person:
    family: Family
    first: str
    middle: str
    gender: str
    born: str
    suffix: str = ""


@dataclass
class District:
    """`truth` is the known id of an incoming record, None for a new child; `again` its earlier record in the batch."""

    known: dict[int, dict[str, str]] = field(default_factory=dict)
    incoming: dict[int, dict[str, str]] = field(default_factory=dict)
    truth: dict[int, int | None] = field(default_factory=dict)
    again: dict[int, int] = field(default_factory=dict)


class Inventor:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._girls, self._boys = self._pool(pools.GIRLS.split(), 150), self._pool(pools.BOYS.split(), 150)
        self._surnames = self._pool(pools.SURNAMES.split(), 2_500)

    def _pool(self, common: list[str], tail: int) -> tuple[list[str], list[float]]:
        """Common names by rank, then a long tail; the tail has a third of the weight."""
        made = sorted(
            {
                "".join(self.random.choices(_SYLLABLES.split(), k=self.random.choice((2, 3))))
                for _ in range(tail)
            }
        )
        weights = [1 / (place + 12) for place in range(len(common))]
        weights += [sum(weights) / 2 / len(made)] * len(made)
        return common + made, list(accumulate(weights))

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def name(self, pool: tuple[list[str], list[float]]) -> str:
        names, weights = pool
        return self.random.choices(names, cum_weights=weights)[0]

    def first(self, gender: str) -> str:
        return self.name(self._girls if gender == "F" else self._boys)

    def last(self) -> str:
        if self.chance(0.02):
            return self.random.choice(pools.PARTICLED)
        one = self.name(self._surnames)
        if self.chance(0.3):
            return f"{one}{self.random.choice(' -')}{self.name(self._surnames)}"
        return one

    def phone(self) -> str:
        return f"{self.random.choice((213, 310, 415, 559, 714))}555{self.random.randrange(10_000):04}"

    def family(self) -> Family:
        last = self.last()
        parents = tuple(
            (self.first(gender), self.random.choice((last, last.split(" ")[0], self.last())))
            for gender in "FM"
        )
        return Family(
            last=last,
            street=f"{self.random.randrange(1, 9_900)} {self.random.choice(pools.STREETS.split())}",
            way=self.random.randrange(len(pools.WAYS)),
            unit=str(self.random.randrange(1, 60)) if self.chance(0.35) else "",
            code=f"9{self.random.randrange(40):04}",
            phones=tuple(self.phone() + f"{place}" for place in range(2)),
            parents=parents[: 1 if self.chance(0.25) else 2],
        )

    def birthday(self) -> str:
        return (_FIRST_BIRTHDAY + timedelta(days=self.random.randrange(_DAYS))).isoformat()

    def child(self, family: Family, born: str = "") -> Person:
        gender = self.random.choice("FM")
        first = self.first(gender)
        suffix = ""
        if gender == "M" and len(family.parents) > 1 and self.chance(0.05):
            first, suffix = family.parents[1][0], "Jr"
        middle = self.first(gender) if self.chance(0.7) else ""
        return Person(family, first, middle, gender, born or self.birthday(), suffix)

    def twins(self, family: Family) -> tuple[Person, Person]:
        one = self.child(family)
        kind = self.random.random()
        if kind < 0.2:
            names = self.random.choice(pools.LIKE_TWINS)
            pair = [replace(one, first=name, suffix="") for name in names]
            other = replace(pair[1], middle=self.first(one.gender) if self.chance(0.6) else "")
            return pair[0], other
        if kind < 0.3:  # the middle name of one is the first name of the other
            one = replace(one, middle=self.first(one.gender))
            return one, replace(
                one, first=one.middle, middle=one.first if self.chance(0.5) else "", suffix=""
            )
        if kind < 0.4:
            names = [name.split() for name in self.random.choice(pools.SHARED_FIRST)]
            return tuple(replace(one, first=first, middle=middle, suffix="") for first, middle in names)
        other = self.child(family, one.born)
        while other.first == one.first:
            other = self.child(family, one.born)
        return one, other

    def children(self, count: int) -> Iterator[Person]:
        """Children of families, brothers and sisters one after the other."""
        made = 0
        while made < count:
            family = self.family()
            size = self.random.choices((1, 2, 3, 4), (45, 33, 15, 7))[0]
            some = list(self.twins(family)) if self.chance(0.02) else []
            some += [self.child(family) for _ in range(size - min(len(some), size - 1))]
            seen: set[str] = set()
            for child in some:
                if f"{child.first} {child.born}" not in seen or child.middle:
                    seen.add(f"{child.first} {child.born}")
                    made += 1
                    yield child


class Typist:
    """Writes people down, and makes the mistakes."""

    def __init__(self, inventor: Inventor) -> None:
        self.inventor, self.random = inventor, inventor.random

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def carefully(self, who: Person) -> dict[str, str]:
        """What a family once said of itself."""
        home = who.family
        values = {
            "students.fname": _titled(who.first),
            "students.mname": _titled(who.middle),
            "students.lname": _titled(home.last),
            "students.suffix": who.suffix,
            "students.dob": who.born,
            "students.gender": who.gender,
            "students_annual.address_street": f"{_titled(home.street)} {pools.WAYS[home.way][0]}",
            "students_annual.address_unit": home.unit,
            "students_annual.address_zip": home.code,
        }
        for slot, (first, last) in enumerate(home.parents, start=1):
            values[f"students_annual.guardian{slot}_fname"] = _titled(first)
            values[f"students_annual.guardian{slot}_lname"] = _titled(last)
            values[f"students_annual.guardian{slot}_phone_mobile"] = home.phones[slot - 1]
        return {name: value for name, value in values.items() if value}

    def again(self, who: Person) -> dict[str, str]:
        """The same child as a school office writes it, each mistake by its own chance."""
        who = self._household(who)
        who = self._names(who)
        values = self.carefully(replace(who, born=self._born(who.born)))
        if self.chance(0.012) and " " not in who.family.last:
            values["students.fname"], values["students.lname"] = (
                values["students.lname"],
                values["students.fname"],
            )
        if self.chance(0.04) and (middle := values.pop("students.mname", "")):
            values["students.fname"] += f" {middle}"
        self._spelling(values)
        return {name: value for name, value in values.items() if value}

    def _household(self, who: Person) -> Person:
        home = who.family
        if self.chance(0.04):  # moved, and nothing is as it was
            new = self.inventor.family()
            return replace(
                who,
                family=replace(
                    new, last=home.last, parents=home.parents if self.chance(0.5) else new.parents
                ),
            )
        if self.chance(0.06):
            new = self.inventor.family()
            home = replace(home, street=new.street, unit=new.unit, code=new.code)
        if self.chance(0.12):
            home = replace(home, phones=(self.inventor.phone(), home.phones[1]))
        if self.chance(0.15) and len(home.parents) > 1:
            home = replace(home, parents=home.parents[::-1], phones=home.phones[::-1])
        if self.chance(0.3):
            home = replace(home, unit="")
        return replace(who, family=home)

    def _names(self, who: Person) -> Person:
        first, middle, last = who.first, who.middle, who.family.last
        if self.chance(0.05):
            first = self.random.choice(pools.NICKNAMES.get(first, [first]))
        elif self.chance(0.02):
            first = self._slip(first)
        if self.chance(0.015):
            last = self._slip(last)
        elif (parts := last.replace("-", " ").split(" ")) and len(parts) == 2 and self.chance(0.2):
            last = self.random.choice(
                (parts[0], parts[0], parts[1], f"{parts[1]} {parts[0]}", " ".join(parts))
            )
        if self.chance(0.2):
            middle = self.random.choice(("", middle[:1], middle[:1]))
        suffix = who.suffix if self.chance(0.6) else ""
        return replace(who, first=first, middle=middle, suffix=suffix, family=replace(who.family, last=last))

    def _slip(self, name: str) -> str:
        """One slip of the hand, rarely two."""
        for _ in range(2 if self.chance(0.1) else 1):
            place = self.random.randrange(1 if self.chance(0.9) else 0, max(2, len(name) - 1))
            letter = self.random.choice("aeiounrst")
            name = self.random.choice((
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place:],
                name[:place] + letter + name[place + 1 :],
                name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :],
            ))  # fmt: skip
        return name

    def _born(self, born: str) -> str:
        kind = self.random.random()
        if kind < 0.01:
            return ""
        if kind < 0.03 and born[8:] <= "12":
            return f"{born[:4]}-{born[8:]}-{born[5:7]}"
        return self._slip_of_date(born) if kind < 0.045 else born

    def _slip_of_date(self, born: str) -> str:
        """Another year, month or day, or a digit of one of them, that still makes a date."""
        while True:
            place = self.random.choice((2, 3, 5, 6, 8, 9))
            slip = f"{born[:place]}{self.random.randrange(10)}{born[place + 1 :]}"
            if self.chance(0.2):
                slip = (date.fromisoformat(born) - timedelta(days=1)).isoformat()
            if slip != born and _is_date(slip):
                return slip

    def _spelling(self, values: dict[str, str]) -> None:
        if self.chance(0.4):
            for name in ("students.fname", "students.lname"):
                values[name] = " ".join(_accented(word) for word in values[name].split(" "))
        if self.chance(0.15):
            for name in list(values):
                values[name] = values[name].upper()
        if self.chance(0.3):
            street = values["students_annual.address_street"]
            for long, short in pools.WAYS:
                street = street.replace(long, short)
            unit = values.pop("students_annual.address_unit", "")
            values["students_annual.address_street"] = f"{street} Apt {unit}" if unit else street


def _is_date(text: str) -> bool:
    try:
        return 1900 < date.fromisoformat(text).year < 2025
    except ValueError:
        return False


def _titled(name: str) -> str:
    return " ".join("-".join(part.capitalize() for part in word.split("-")) for word in name.split(" "))


def _accented(word: str) -> str:
    return pools.ACCENTS.get(word.casefold(), word.casefold()).capitalize()


def district(size: int, seed: int) -> District:
    """`size` known children and as many incoming records."""
    inventor = Inventor(seed)
    typist, random = Typist(inventor), inventor.random
    made = District()
    people: dict[int, Person] = {}
    absent: list[Person] = []  # twins of known children whom Enroll does not know
    last: Person | None = None
    for child in inventor.children(size + size // 50):
        twin = last is not None and last.family is child.family and last.born == child.born
        if twin and inventor.chance(0.4):
            absent.append(child)
        elif len(people) < size:
            people[len(people) + 1] = child
        last = child
    made.known = {number: typist.carefully(who) for number, who in people.items()}
    chosen = random.sample(sorted(people), size * 6 // 10)
    twice = size // 500
    new = _new(inventor, people, absent, size - len(chosen) - twice)
    rows = [(typist.again(people[number]), number) for number in chosen]
    rows += [(typist.again(who), -place) for place, who in enumerate(new, start=1)]
    rows += [(typist.again(new[-place]), -(len(new) - place + 1)) for place in range(1, twice + 1)]
    random.shuffle(rows)
    return _numbered(made, rows)


def _numbered(made: District, rows: list[tuple[dict[str, str], int]]) -> District:
    """Of each row the known child, or a negative number that two rows of one new child share."""
    seen: dict[int, int] = {}
    for number, (values, who) in enumerate(rows, start=1_000_000):
        made.incoming[number] = values
        made.truth[number] = who if who > 0 else None
        if who < 0 and who in seen:
            made.again[number] = seen[who]
        seen.setdefault(who, number)
    return made


def _new(inventor: Inventor, people: dict[int, Person], absent: list[Person], count: int) -> list[Person]:
    """New children: of known families, namesakes, fathers' namesakes, and of families nobody knows."""
    random = inventor.random
    numbers = sorted(people)
    found = absent[: count // 10]
    for _ in range(count * 20 // 100):
        found.append(inventor.child(people[random.choice(numbers)].family))
    for _ in range(count * 45 // 1000):
        found.append(_namesake(inventor, people[random.choice(numbers)]))
    for _ in range(count // 100):
        known = people[random.choice(numbers)]
        found.append(replace(known, born=_years_before(known.born, random.randrange(18, 40)), suffix="Sr"))
    found += inventor.children(count - len(found))
    return found[:count]


def _namesake(inventor: Inventor, known: Person) -> Person:
    """Another child of the same names and birth date, some of them near: the same house, a mother of the same name."""
    home = replace(inventor.family(), last=known.family.last)
    if inventor.chance(0.1):
        home = replace(home, parents=known.family.parents)
    if inventor.chance(0.05) and known.family.unit:
        home = replace(
            home,
            street=known.family.street,
            way=known.family.way,
            unit=f"9{known.family.unit}",
            code=known.family.code,
        )
    middle = inventor.random.choice((known.middle, known.middle, "", inventor.first(known.gender)))
    return replace(known, family=home, middle=middle, suffix="")


def _years_before(born: str, years: int) -> str:
    return f"{int(born[:4]) - years}{born[4:]}".replace("-02-29", "-02-28")
