"""What people look through on pages: sites, school years, schools and students, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from yellowbus.enroll.models import Instance, School, SchoolYear, Student
from yellowbus.enroll.models import Organization as Organization  # noqa: PLC0414 (handed on, for naming the type)


@dataclass(frozen=True, slots=True)
class Row:
    """A student in a list: never more than name, id, school and grade."""

    id: int
    name: str = field(repr=False)
    district_id: str = ""
    school_code: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a list, and how many there are in all."""

    rows: Sequence[Row]
    total: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school: its School ID, its School Code, its name and every value by catalog name."""

    id: int
    code: str
    name: str
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> str:
        return self.values.get("schools.level", "")


@dataclass(frozen=True, slots=True)
class SchoolPart:
    """Some schools, and how many there are in all."""

    rows: Sequence[SchoolRow]
    total: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of students is narrowed to. `text` is part of a name, or the start of an id."""

    text: str = ""
    school: str = ""
    grade: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """One student: every value by catalog name in each school year, and when it last changed."""

    id: int
    name: str = field(repr=False)
    district_id: str = ""
    years: Mapping[int, Mapping[str, str]] = field(default_factory=dict, repr=False)
    lasting: Mapping[str, str] = field(default_factory=dict, repr=False)


def sites(organization: int) -> dict[str, int]:
    """The ids of the organization's instances by environment, Production first."""
    rows = Instance.objects.filter(organization_id=organization).order_by("environment")
    return dict(rows.values_list("environment", "id"))


def years(instance: int) -> dict[int, bool]:
    """The school years that were ever set, newest first, and whether imports are on."""
    rows = SchoolYear.objects.filter(instance_id=instance).order_by("-year")
    return dict(rows.values_list("year", "imports_enabled"))


def students(instance: int, year: int, wanted: Wanted, *, start: int = 0, most: int = 50) -> Part:
    """Students by last and first name, as they are in `year`."""
    rows = _narrowed(Student.objects.filter(instance_id=instance, archived_at=None), year, wanted)
    ordered = rows.annotate(lname=KT("lasting__lname"), fname=KT("lasting__fname")).order_by(
        "lname", "fname", "pk"
    )
    return Part([_row(each, year) for each in ordered[start : start + most]], rows.count())


def student(instance: int, key: int) -> Child | None:
    """One student of this site, or None."""
    found = Student.objects.filter(instance_id=instance, pk=key).first()
    if found is None:
        return None
    lasting = {f"students.{name}": value for name, value in found.lasting.items()}
    custom = {f"custom.{name}": value for name, value in found.custom.items()}
    by_year = {
        int(year): {f"students_annual.{name}": value for name, value in row.items()}
        for year, row in found.annual.items()
    }
    return Child(found.pk, _name(found), found.district_id or "", by_year, lasting | custom)


def school_names(instance: int) -> dict[str, str]:
    """Every school's name by School Code, in the order of the names."""
    rows = School.objects.filter(instance_id=instance).order_by("name", "school_code")
    return dict(rows.values_list("school_code", "name"))


def schools(instance: int, text: str = "", *, start: int = 0, most: int = 50) -> SchoolPart:
    """Schools by name; `text` is part of the name or the start of the School Code."""
    rows = School.objects.filter(instance_id=instance)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(school_code__startswith=word))
    ordered = rows.order_by("name", "school_code")[start : start + most]
    return SchoolPart([_school(each) for each in ordered], rows.count())


def school(instance: int, key: int) -> SchoolRow | None:
    """One school of this site, or None."""
    found = School.objects.filter(instance_id=instance, pk=key).first()
    return _school(found) if found else None


def _school(school: School) -> SchoolRow:
    values = {f"schools.{name}": value for name, value in school.values.items()}
    return SchoolRow(school.pk, school.school_code or "", school.name or "", values)


def _narrowed(rows: QuerySet[Student], year: int, wanted: Wanted) -> QuerySet[Student]:
    for word in wanted.text.split():
        rows = rows.filter(
            Q(lasting__fname__icontains=word)
            | Q(lasting__lname__icontains=word)
            | Q(district_id__startswith=word)
        )
    if wanted.school:
        rows = rows.filter(**{f"annual__{year}__school_code": wanted.school})
    if wanted.grade:
        rows = rows.filter(**{f"annual__{year}__grade": wanted.grade})
    return rows


def _row(student: Student, year: int) -> Row:
    annual = student.annual.get(str(year), {})
    return Row(
        student.pk,
        _name(student),
        student.district_id or "",
        annual.get("school_code", ""),
        annual.get("grade", ""),
    )


def _name(student: Student) -> str:
    last, first = student.lasting.get("lname", ""), student.lasting.get("fname", "")
    return ", ".join(part for part in (last, first) if part) or "(no name)"
