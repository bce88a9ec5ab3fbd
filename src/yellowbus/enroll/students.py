"""Students of an instance, for others to look at. Writing many at once is `bulk`."""

from collections.abc import Collection, Iterator

from django.db.models import QuerySet
from django.db.models.fields.json import KT

from yellowbus.catalog import Catalog, Field, FieldType, Section, catalog
from yellowbus.enroll.models import CodeValue, CustomField, Student


def catalog_of(kind: str, instance: int) -> Catalog:
    """The fields of `kind` in this instance, its custom fields included."""
    if kind != "students":
        return catalog(kind)
    rows = CustomField.objects.filter(instance_id=instance).order_by("key")
    custom = [
        Field(f"custom.{key}", label, Section.CUSTOM, type=FieldType(type_))
        for key, label, type_ in rows.values_list("key", "label", "type")
    ]
    return catalog(kind, custom)


def codes_version(instance: int) -> str:
    """Changes when the instance's own codes or custom fields do."""
    codes = CodeValue.objects.filter(instance_id=instance).order_by("pk").values_list("set", "value", "label")
    custom = CustomField.objects.filter(instance_id=instance).order_by("pk").values_list("key", "type")
    return repr([list(codes), list(custom)])


def documents(
    instance: int, year: int, *, school: str = "", district_id: str = ""
) -> Iterator[dict[str, str]]:
    """Every student by catalog name in `year`, in the order of district id; streamed."""
    rows: QuerySet[Student] = Student.objects.filter(instance_id=instance).order_by("district_id", "pk")
    if school:
        rows = rows.filter(**{f"annual__{year}__school_code": school})
    if district_id:
        rows = rows.filter(district_id=district_id)
    for student in rows.iterator(chunk_size=1000):
        yield {"students.id": str(student.pk)} | student.values(year)


def schools_of(instance: int, year: int, keys: Collection[str]) -> dict[str, str]:
    """The School Code in `year` ("" for none) of those whom Enroll has among these district ids."""
    rows = Student.objects.filter(instance_id=instance, district_id__in=keys, archived_at=None)
    found = rows.values_list("district_id", KT(f"annual__{year}__school_code"))
    return {key: school or "" for key, school in found}


def of_grade(instance: int, year: int, grade: str) -> QuerySet[Student, int]:
    """The ids of the students whom Enroll has in this grade in `year`, for narrowing other rows."""
    rows = Student.objects.filter(**{"instance_id": instance, f"annual__{year}__grade": grade})
    return rows.values_list("pk", flat=True)


def school_by_id(instance: int, year: int, ids: Collection[int]) -> dict[int, str]:
    """The School Code in `year` ("" for none) of those of these students whom Enroll has."""
    rows = Student.objects.filter(instance_id=instance, pk__in=ids, archived_at=None)
    return {row: school or "" for row, school in rows.values_list("pk", KT(f"annual__{year}__school_code"))}


def count(instance: int) -> int:
    return Student.objects.filter(instance_id=instance).count()


def add_custom_field(instance: int, key: str, label: str, *, type: str = "text") -> None:  # noqa: A002 (the field's own word)
    CustomField.objects.update_or_create(
        instance_id=instance, key=key, defaults={"label": label, "type": type}
    )
