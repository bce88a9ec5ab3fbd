"""Two nights of an invented district: `python benchmarks/data.py FOLDER --students 100000 --seed 7`.

Writes night1.csv and night2.csv: 43 columns, some 300 bytes a student, one row in a hundred bad (a date
that is none, a code that no table has). The second night has 2 % of the students changed, 0.5 % new and
0.5 % gone. Both are written row by row, so any size can be made.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from targets import CODES

BAD = 0.01
CHANGED, NEW, GONE = 0.02, 0.005, 0.005

COLUMNS = tuple(
    """
    Student_Number State_ID First_Name Middle_Name Last_Name Preferred_Name DOB Gender Grade_Level
    Enroll_Status School_ID Entry_Date Exit_Date Next_Year Next_School Race Ethnicity Home_Language
    House_Number Street_Name Street_Type Mail_Number Mail_Street Mail_Type City_State Zip Phone
    Login Mail_Domain Family_ID Contact1_No Contact2_No Guardian1_Last Guardian1_Email
    Guardian1_Relationship Guardian1_Mobile Guardian1_Home Guardian2_Email Guardian2_Relationship
    Guardian2_Mobile Emergency_Contact Custody_Code Lives_With
    """.split()  # noqa: SIM905 (43 names read better as words)
)

_FIRST = (
    "Ava",
    "Noah",
    "Sofía",
    "Liam",
    "Zoë",
    "Mateo",
    "Nguyệt",
    "Elijah",
    "Priya",
    "O'Shea",
    "Renée",
    "Diego",
)
_LAST = (
    "García",
    "Nguyen",
    "Smith-Jones",
    "Lee",
    "Hernández",
    "Patel",
    "O'Neil",
    "Kim",
    "De la Cruz",
    "Müller",
)
_STREETS = ("Oak", "Maple", "Blackstone", "Shaw", "Herndon", "Martin Luther King", "Cedar", "First")
_CITIES = ("Fresno", "Clovis", "Sanger", "Reno", "Las Vegas", "Salem", "Yuma", "San José")
_DOMAINS = ("example.org", "example.net", "example.com")
_SYLLABLES = tuple(f"{consonant}{vowel}" for consonant in "bdfghjklmnprstvwyzcx" for vowel in "aeiou")
_SPOILERS = (
    ("DOB", "02/30/2015"),
    ("DOB", "unknown"),
    ("Entry_Date", "2025-13-01"),
    ("Race", "999"),
    ("Grade_Level", "UG"),
)
_STATUSES = ("0", "0", "0", "0", "-1", "2")
_TYPES = ("St", "Ave", "Blvd", "Ct", "Way")
_PHONES = ("({0}) 555-{1:04}", "{0}-555-{1:04}", "{0}555{1:04}", "1-{0}-555-{1:04}", "+1 {0} 555 {1:04}")


def write_nights(folder: Path, students: int, seed: int) -> tuple[Path, Path]:
    """Write both nights and say where. Equal arguments give equal bytes."""
    first, second = folder / "night1.csv", folder / "night2.csv"
    _write(first, _night1(students, Random(seed)))
    _write(second, _night2(first, students, Random(seed + 1)))
    return first, second


def _write(path: Path, rows: Iterator[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _night1(students: int, chance: Random) -> Iterator[list[str]]:
    for number in range(1, students + 1):
        yield _spoiled(_student(number, chance), chance)


def _night2(first: Path, students: int, chance: Random) -> Iterator[list[str]]:
    with first.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            drawn = chance.random()
            if drawn >= GONE:
                yield _moved(row, chance) if drawn < GONE + CHANGED else row
    for number in range(students + 1, students + round(students * NEW) + 1):
        yield _student(number, chance)


def _student(number: int, chance: Random) -> list[str]:
    pick, roll = chance.choice, chance.randrange
    first, last = pick(_FIRST), f"{pick(_LAST)}-{_own_name(number)}"
    grade, school, city = roll(-1, 13), f"{roll(1, 90):04}", pick(_CITIES)
    house, street, kind = str(roll(1, 9999)), pick(_STREETS), pick(_TYPES)
    names = [first, pick(_FIRST) if roll(3) else "", last, pick(_FIRST) if not roll(10) else ""]
    mail = [house, street, kind] if roll(4) else [str(roll(1, 999)), pick(_STREETS), ""]
    student = [
        *(f"{number:09}", f"{chance.getrandbits(33):010}", *names),
        *(
            _day(chance, 2024 - grade - 6, "{1:02}/{2:02}/{0}"),
            pick("123"),
            str(grade),
            pick(_STATUSES),
            school,
        ),
        *(_day(chance, 2025, "{0}-{1:02}-{2:02}"), _day(chance, 2026, "{1:02}-{2:02}-{0}")),
        *(f"{min(grade + 1, 12)}|2026", f"{roll(1, 90):04}" if grade in {5, 8} else ""),
        *(_code(chance, "race"), pick("10"), _code(chance, "home_language")),
    ]
    address = [
        house,
        street,
        kind,
        *mail,
        f"{city}, {_code(chance, 'address_state')}",
        f"{roll(89001, 97999)}",
    ]
    return [*student, *address, *_reach(number, chance), *_contacts(number, chance)]


def _own_name(number: int) -> str:
    """A part of the surname that nobody else has: namesakes born on one day are a question for a person."""
    syllables = [_SYLLABLES[number // len(_SYLLABLES) ** place % len(_SYLLABLES)] for place in range(3)]
    return "".join(syllables).capitalize()


def _reach(number: int, chance: Random) -> list[str]:
    phone = _phone(chance) if chance.randrange(3) else ""
    return [phone, f"s{number}", chance.choice(_DOMAINS), f"F{number // 2:07}", "1", "2"]


def _contacts(number: int, chance: Random) -> list[str]:
    pick, second = chance.choice, chance.randrange(3) > 0
    guardian = pick(_LAST)
    mail = f"{guardian.split()[0].replace(chr(39), '')}.{number}@{pick(_DOMAINS)}"
    return [
        *(guardian, mail, _code(chance, "guardian1_relationship")),
        *(_phone(chance), _phone(chance) if chance.randrange(2) else ""),
        f"Parent{number}@{pick(_DOMAINS)}" if second else "",
        _code(chance, "guardian2_relationship") if second else "",
        _phone(chance) if second else "",
        *(f"{pick(_LAST)}, {pick(_FIRST)}", pick("BMFN"), pick("01")),
    ]


def _spoiled(row: list[str], chance: Random) -> list[str]:
    if chance.random() < BAD:
        column, value = chance.choice(_SPOILERS)
        row[COLUMNS.index(column)] = value
    return row


def _moved(row: list[str], chance: Random) -> list[str]:
    column, value = chance.choice(
        (
            ("House_Number", str(chance.randrange(10_000, 20_000))),
            ("Guardian1_Mobile", _phone(chance)),
            ("School_ID", f"{chance.randrange(91, 99):04}"),
            ("Guardian1_Email", f"new{chance.randrange(10**6)}@example.org"),
        )
    )
    return [value if name == column else cell for name, cell in zip(COLUMNS, row, strict=True)]


def _day(chance: Random, year: int, form: str) -> str:
    return form.format(year, chance.randrange(1, 13), chance.randrange(1, 29))


def _code(chance: Random, column: str) -> str:
    return chance.choice(_SOURCES[column])


def _phone(chance: Random) -> str:
    return chance.choice(_PHONES).format(chance.randrange(201, 989), chance.randrange(10_000))


_SOURCES = {field.partition(".")[2]: tuple(table) for field, table in CODES.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write two nights of an invented district.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    for path in write_nights(given.folder, given.students, given.seed):
        print(path)
