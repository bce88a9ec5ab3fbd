"""The floor of plain Python: csv module, the 40 rules by hand, COPY of what the hash says is new or changed.

`python benchmarks/plain.py --file night1.csv --database URL --table plain`. With PLAIN_MEMO=1 dates once read
are remembered; without, each is read by strptime, as in the measurements that the claims are compared with.
"""

import csv
import os
import re
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import psycopg

from measure import Night, contestant, upsert
from targets import CODES, COLUMNS, FIELDS, REQUIRED, SCHOOL_YEAR

_REQUIRED = [FIELDS.index(field) for field in REQUIRED]
_TABLES = {field.partition(".")[2]: table for field, table in CODES.items()}
_NOT_DIGIT = re.compile(r"[^0-9]")


def day(value, form):
    return datetime.strptime(value, form).date().isoformat() if value else None  # noqa: DTZ007 (a date has no zone)


if os.environ.get("PLAIN_MEMO") == "1":
    day = lru_cache(maxsize=1 << 16)(day)


def code(field, value):
    return _TABLES[field][value] if value else None


def join(delimiter, *values):
    return delimiter.join(value for value in values if value) or None


def fragment(value, delimiter, number):
    parts = value.split(delimiter)
    return (parts[number] or None) if number < len(parts) else None


def phone(value):
    digits = _NOT_DIGIT.sub("", value)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else value or None


def mapped(row):
    """The 40 values of one row, in the order of FIELDS. ValueError or KeyError where the row is refused."""
    return (
        row["Student_Number"] or None,
        row["State_ID"] or None,
        row["First_Name"] or None,
        row["Middle_Name"] or None,
        row["Last_Name"] or None,
        row["Preferred_Name"] or None,
        row["School_ID"] or None,
        day(row["DOB"], "%m/%d/%Y"),
        day(row["Entry_Date"], "%Y-%m-%d"),
        day(row["Exit_Date"], "%m-%d-%Y"),
        code("gender", row["Gender"]),
        code("grade", row["Grade_Level"]),
        code("sis_enroll_status", row["Enroll_Status"]),
        code("race", row["Race"]),
        code("ethnicity", row["Ethnicity"]),
        code("home_language", row["Home_Language"]),
        code("guardian1_relationship", row["Guardian1_Relationship"]),
        code("guardian2_relationship", row["Guardian2_Relationship"]),
        code("next_grade", fragment(row["Next_Year"], "|", 0)),
        code("address_state", fragment(row["City_State"], ", ", 1)),
        join(" ", row["House_Number"], row["Street_Name"], row["Street_Type"]),
        join(" ", row["Mail_Number"], row["Mail_Street"], row["Mail_Type"]),
        join("@", row["Login"], row["Mail_Domain"]),
        join("-", row["Family_ID"], row["Contact1_No"]),
        join("-", row["Family_ID"], row["Contact2_No"]),
        fragment(row["City_State"], ", ", 0),
        fragment(row["Emergency_Contact"], ", ", 0),
        fragment(row["Emergency_Contact"], ", ", 1),
        row["Next_School"] or row["School_ID"] or None,
        "true" if row["Custody_Code"] in ("B", "M") else "false",
        "true" if row["Lives_With"] == "1" else "false",
        "false" if row["Custody_Code"] == "N" else "true",
        phone(row["Phone"]),
        phone(row["Guardian1_Mobile"]),
        phone(row["Guardian1_Home"]),
        phone(row["Guardian2_Mobile"]),
        row["Guardian1_Last"].upper() or None,
        row["Guardian1_Email"].lower() or None,
        row["Guardian2_Email"].lower() or None,
        SCHOOL_YEAR,
    )


def row_hash(values):
    return int.from_bytes(blake2b(repr(values).encode(), digest_size=8).digest(), "big", signed=True)


def night(path: Path, connection: psycopg.Connection, table: str) -> Night:
    known = dict(connection.execute(f"SELECT student_district_id, hash FROM {table}").fetchall())
    connection.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
    read = refused = written = 0
    into = f"COPY incoming ({', '.join((*COLUMNS, 'hash'))}) FROM STDIN"
    with (
        path.open(encoding="utf-8-sig", newline="") as file,
        connection.cursor() as cursor,
        cursor.copy(into) as copy,
    ):
        for row in csv.DictReader(file):
            read += 1
            try:
                values = mapped(row)
            except (ValueError, KeyError):
                refused += 1
                continue
            if not all(values[index] for index in _REQUIRED):
                refused += 1
                continue
            hashed = row_hash(values)
            if known.get(values[0]) != hashed:
                copy.write_row((*values, hashed))
                written += 1
    upsert(connection, table)
    return Night(read, refused, written)


if __name__ == "__main__":
    contestant(night)
