"""`yellowbus enroll`: what the Enroll store holds, its years, custom fields and codes."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from typing import Annotated

import msgspec
import typer

from yellowbus.cli import verbs
from yellowbus.cli.arguments import Instance, InstanceName, Limit, Year, instance_of, year_to_show
from yellowbus.cli.command import LOOK, Session, Status, command, table
from yellowbus.planning.report import counted

Document = dict[str, str]
_KEY = Annotated[str, typer.Argument(metavar="ID", help="The Student District ID, or the School Code.")]
_SCHOOL = Annotated[str, typer.Option("--school", help="Only of this School Code.")]
_STUDENT_HEADINGS = {
    "Id": "students.student_district_id",
    "First name": "students.fname",
    "Last name": "students.lname",
    "School": "students_annual.school_code",
    "Grade": "students_annual.grade",
    "Status": "students_annual.sis_enroll_status",
}
_SCHOOL_HEADINGS = {
    "School Code": "schools.school_code",
    "Name": "schools.name",
    "Group": "schools.group",
    "Level": "schools.level",
}


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    students, schools = typer.Typer(no_args_is_help=True), typer.Typer(no_args_is_help=True)
    years, custom = typer.Typer(no_args_is_help=True), typer.Typer(no_args_is_help=True)
    command(students, "list", example="yellowbus enroll students list --school 101")(list_students)
    command(students, "show", example="yellowbus enroll students show 200003")(show_student)
    command(students, "export", example="yellowbus enroll students export > students.jsonl")(export_students)
    command(schools, "list", example="yellowbus enroll schools list")(list_schools)
    command(schools, "show", example="yellowbus enroll schools show 101")(show_school)
    command(schools, "export", example="yellowbus enroll schools export > schools.jsonl")(export_schools)
    command(years, "list", example="yellowbus enroll years list")(list_years)
    command(years, "enable", example="yellowbus enroll years enable 2026")(enable)
    command(years, "disable", example="yellowbus enroll years disable 2025")(disable)
    custom_example = 'yellowbus enroll custom-field add bus_route "Bus route"'
    command(custom, "add", example=custom_example)(add_custom_field)
    command(group, "copy", example="yellowbus enroll copy --to sandbox")(copy)
    command(group, "codes", example="yellowbus enroll codes --set language")(codes)
    group.add_typer(students, name="students", help="Students: list, show, export.")
    group.add_typer(schools, name="schools", help="Schools: list, show, export.")
    group.add_typer(years, name="years", help="“Enable Sync Import for Year”: list, enable, disable.")
    group.add_typer(custom, name="custom-field", help="Custom form fields: add.")
    app.add_typer(
        group,
        name="enroll",
        help="The Enroll store: students and schools (list, show, export), years (list, enable, disable),"
        " custom-field add, copy (fills the Sandbox), codes.",
        rich_help_panel=LOOK,
    )


def _students(
    at: Session, instance: Instance, year: int, *, school: str = "", key: str = ""
) -> Iterator[Document]:
    found = instance_of(at.organization, instance)
    return verbs.students.documents(found, year_to_show(found, year), school=school, district_id=key)


def _schools(at: Session, instance: Instance) -> Iterator[Document]:
    return verbs.schools.documents(instance_of(at.organization, instance))


def _listed(at: Session, documents: Iterator[Document], headings: dict[str, str], limit: int) -> None:
    found = [[document.get(name, "") for name in headings.values()] for document in islice(documents, limit)]
    at.answer(
        [dict(zip(headings.values(), cells, strict=True)) for cells in found], table(list(headings), found)
    )


def _shown(at: Session, document: Document | None) -> Status:
    if document is None:
        at.say("Enroll has none with this id in this instance.")
        at.answer(None)
        return Status.FAILED
    at.answer(document, table(("Field", "Value"), document.items()))
    return Status.DONE


def _exported(documents: Iterator[Document]) -> None:
    """JSON lines in UTF-8, each written as soon as it is read."""
    encode, out = msgspec.json.Encoder().encode, sys.stdout
    for document in documents:
        out.write(encode(document).decode() + "\n")


def list_students(
    at: Session,
    *,
    instance: InstanceName = Instance.PRODUCTION,
    year: Year = 0,
    school: _SCHOOL = "",
    limit: Limit = 50,
) -> None:
    """List students by id, name, school, grade and status."""
    _listed(at, _students(at, instance, year, school=school), _STUDENT_HEADINGS, limit)


def show_student(
    at: Session, key: _KEY, *, instance: InstanceName = Instance.PRODUCTION, year: Year = 0
) -> Status:
    """Show every value of one student."""
    return _shown(at, next(_students(at, instance, year, key=key), None))


def export_students(
    at: Session, *, instance: InstanceName = Instance.PRODUCTION, year: Year = 0, school: _SCHOOL = ""
) -> None:
    """Print every student with every field by its catalog name, as JSON lines."""
    _exported(_students(at, instance, year, school=school))


def list_schools(at: Session, *, instance: InstanceName = Instance.PRODUCTION, limit: Limit = 500) -> None:
    """List schools."""
    _listed(at, _schools(at, instance), _SCHOOL_HEADINGS, limit)


def show_school(at: Session, key: _KEY, *, instance: InstanceName = Instance.PRODUCTION) -> Status:
    """Show every value of one school."""
    found = (document for document in _schools(at, instance) if document["schools.school_code"] == key)
    return _shown(at, next(found, None))


def export_schools(at: Session, *, instance: InstanceName = Instance.PRODUCTION) -> None:
    """Print every school with every field by its catalog name, as JSON lines."""
    _exported(_schools(at, instance))


_YEAR = Annotated[int, typer.Argument(min=1990, max=2100, help="The school year by its starting year.")]


def list_years(at: Session, *, instance: InstanceName = Instance.PRODUCTION) -> None:
    """List the school years whose imports are on."""
    years = verbs.years.enabled_years(instance_of(at.organization, instance))
    at.answer(years, *(f"{year}-{year + 1}" for year in years))


def enable(at: Session, year: _YEAR, *, instance: InstanceName = Instance.PRODUCTION) -> None:
    """Turn on “Enable Sync Import for Year”."""
    verbs.settings.enable_imports(at.actor, instance_of(at.organization, instance), year)
    at.answer({"year": year, "imports": True}, f"Sync import is on for {year}-{year + 1}.")


def disable(at: Session, year: _YEAR, *, instance: InstanceName = Instance.PRODUCTION) -> None:
    """Turn off “Enable Sync Import for Year”: from then on every import of that year is refused."""
    verbs.settings.enable_imports(at.actor, instance_of(at.organization, instance), year, on=False)
    at.answer({"year": year, "imports": False}, f"Sync import is off for {year}-{year + 1}.")


def add_custom_field(
    at: Session,
    key: Annotated[str, typer.Argument(help="Its short name, as in bus_route.")],
    label: Annotated[str, typer.Argument(help="Its name on the pages.")],
    *,
    kind: Annotated[
        str, typer.Option("--type", help="text, date, year, boolean, integer, email or phone.")
    ] = "text",
    instance: InstanceName = Instance.PRODUCTION,
) -> None:
    """Add a form field that a mapping may fill as custom.KEY."""
    name = verbs.settings.add_custom_field(
        at.actor, instance_of(at.organization, instance), key, label, kind=kind
    )
    at.answer({"field": name, "label": label, "type": kind}, f"{name} can be mapped now.")


def copy(
    at: Session,
    *,
    to: Annotated[Instance, typer.Option(help="The instance to fill; only the Sandbox can be.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
) -> Status:
    """Fill the Sandbox from Production: afterwards it holds what Production holds, and nothing else."""
    asked = "Whatever the Sandbox holds now is replaced by what Production holds. Go on?"
    if not yes and not at.confirm(asked):
        at.say("Nothing was copied.")
        return Status.HELD
    done = verbs.sandbox.fill(at.actor, to=to.value)
    at.answer(
        asdict(done),
        f"The Sandbox now holds {counted(done.schools, 'school')}, {counted(done.students, 'student')}"
        f" and {counted(done.custom_fields, 'custom field')} of Production.",
    )
    return Status.DONE


def codes(
    at: Session,
    *,
    instance: InstanceName = Instance.PRODUCTION,
    name: Annotated[str, typer.Option("--set", help="Only this code set.")] = "",
) -> None:
    """List the codes that Enroll knows: states, countries, languages, race, ethnicity, custom fields and others."""
    found = [
        code for code in verbs.codes.every(instance_of(at.organization, instance)) if name in ("", code.set)
    ]
    rows = [(code.set, code.value, code.label, code.origin) for code in found]
    at.answer([asdict(code) for code in found], table(("Set", "Code", "Label", "Whose"), rows))
