"""The floor to compare with: bare Polars, the 40 rules as expressions, hash diff, COPY, one upsert. No
product round it.

`python benchmarks/floor.py --file night1.csv --database URL --table floor`
"""

from io import BytesIO
from pathlib import Path

import polars as pl
import psycopg
from polars import Expr, col

from measure import Night, contestant, upsert
from targets import CODES, COLUMNS, FIELDS, REQUIRED, SCHOOL_YEAR

_TABLES = {field.partition(".")[2]: table for field, table in CODES.items()}


def day(name: str, form: str) -> Expr:
    return col(name).str.to_date(form, strict=False).dt.to_string("%Y-%m-%d")


def code(field: str, value: Expr) -> Expr:
    return value.replace_strict(_TABLES[field], default=None)


def join(delimiter: str, *names: str) -> Expr:
    joined = pl.concat_str([col(name) for name in names], separator=delimiter, ignore_nulls=True)
    return pl.when(joined != "").then(joined)


def fragment(name: str, delimiter: str, number: int) -> Expr:
    return col(name).str.split(delimiter).list.get(number, null_on_oob=True)


def phone(name: str) -> Expr:
    digits = col(name).str.replace_all(r"[^0-9]", "").str.replace(r"^1([0-9]{10})$", "$1")
    shaped = digits.str.replace(r"^([0-9]{3})([0-9]{3})([0-9]{4})$", "($1) $2-$3")
    return pl.when(digits.str.len_chars() == 10).then(shaped).otherwise(col(name))


def choice(condition: Expr) -> Expr:
    return pl.when(condition).then(pl.lit("true")).otherwise(pl.lit("false"))


# In the order of FIELDS.
RULES: tuple[Expr, ...] = (
    col("Student_Number"),
    col("State_ID"),
    col("First_Name"),
    col("Middle_Name"),
    col("Last_Name"),
    col("Preferred_Name"),
    col("School_ID"),
    day("DOB", "%m/%d/%Y"),
    day("Entry_Date", "%Y-%m-%d"),
    day("Exit_Date", "%m-%d-%Y"),
    code("gender", col("Gender")),
    code("grade", col("Grade_Level")),
    code("sis_enroll_status", col("Enroll_Status")),
    code("race", col("Race")),
    code("ethnicity", col("Ethnicity")),
    code("home_language", col("Home_Language")),
    code("guardian1_relationship", col("Guardian1_Relationship")),
    code("guardian2_relationship", col("Guardian2_Relationship")),
    code("next_grade", fragment("Next_Year", "|", 0)),
    code("address_state", fragment("City_State", ", ", 1)),
    join(" ", "House_Number", "Street_Name", "Street_Type"),
    join(" ", "Mail_Number", "Mail_Street", "Mail_Type"),
    join("@", "Login", "Mail_Domain"),
    join("-", "Family_ID", "Contact1_No"),
    join("-", "Family_ID", "Contact2_No"),
    fragment("City_State", ", ", 0),
    fragment("Emergency_Contact", ", ", 0),
    fragment("Emergency_Contact", ", ", 1),
    pl.coalesce("Next_School", "School_ID"),
    choice(col("Custody_Code").is_in(["B", "M"]).fill_null(value=False)),
    choice((col("Lives_With") == "1").fill_null(value=False)),
    choice((col("Custody_Code") != "N").fill_null(value=True)),
    phone("Phone"),
    phone("Guardian1_Mobile"),
    phone("Guardian1_Home"),
    phone("Guardian2_Mobile"),
    col("Guardian1_Last").str.to_uppercase(),
    col("Guardian1_Email").str.to_lowercase(),
    col("Guardian2_Email").str.to_lowercase(),
    pl.lit(SCHOOL_YEAR),
)

# A value that was there and could not be read refuses the row, as a missing required one does.
_READABLE = (
    ("dob", "DOB"),
    ("sis_entrydate", "Entry_Date"),
    ("sis_exitdate", "Exit_Date"),
    ("gender", "Gender"),
    ("grade", "Grade_Level"),
    ("sis_enroll_status", "Enroll_Status"),
    ("race", "Race"),
    ("ethnicity", "Ethnicity"),
    ("home_language", "Home_Language"),
    ("guardian1_relationship", "Guardian1_Relationship"),
    ("guardian2_relationship", "Guardian2_Relationship"),
    ("next_grade", "Next_Year"),
    ("address_state", "City_State"),
)


def mapped(path: Path) -> tuple[pl.DataFrame, int]:
    """The accepted rows with their hash, and how many were read."""
    source = pl.read_csv(path, infer_schema=False)
    frame = source.with_columns(rule.alias(name) for name, rule in zip(COLUMNS, RULES, strict=True))
    required = [col(COLUMNS[FIELDS.index(field)]).is_not_null() for field in REQUIRED]
    readable = [col(target).is_not_null() | col(origin).is_null() for target, origin in _READABLE]
    accepted = frame.filter(pl.all_horizontal(*required, *readable)).select(COLUMNS)
    return accepted.with_columns(hash=pl.struct(COLUMNS).hash().reinterpret(signed=True)), source.height


def night(path: Path, connection: psycopg.Connection, table: str) -> Night:
    accepted, read = mapped(path)
    rows = connection.execute(f"SELECT student_district_id, hash FROM {table}").fetchall()
    known = pl.DataFrame(rows, schema={COLUMNS[0]: pl.String, "known": pl.Int64}, orient="row")
    joined = accepted.join(known, on=COLUMNS[0], how="left")
    changed = joined.filter(col("hash").ne_missing(col("known"))).drop("known")
    connection.execute(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
    buffer = BytesIO()
    changed.write_csv(buffer, include_header=False)
    columns = ", ".join((*COLUMNS, "hash"))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY incoming ({columns}) FROM STDIN (FORMAT csv)") as copy,
    ):
        copy.write(buffer.getbuffer())
    upsert(connection, table)
    return Night(read, read - accepted.height, changed.height)


if __name__ == "__main__":
    contestant(night)
