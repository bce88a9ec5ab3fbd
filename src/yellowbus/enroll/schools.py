"""Schools of an instance, for others to look at. Writing many at once is `bulk`."""

from collections.abc import Iterable, Iterator

from yellowbus.enroll.models import School


def codes(instance: int) -> frozenset[str]:
    """The School Codes there are."""
    rows = School.objects.filter(instance_id=instance).values_list("school_code", flat=True)
    return frozenset(code for code in rows if code)


def names(instance: int) -> dict[str, str]:
    """School name by School Code."""
    rows = School.objects.filter(instance_id=instance).values_list("school_code", "name")
    return {code: name or "" for code, name in rows if code}


def ids(instance: int, wanted: Iterable[str]) -> dict[str, int]:
    """School ID by School Code, of those among `wanted` that exist."""
    rows = School.objects.filter(instance_id=instance, school_code__in=list(wanted))
    return dict(rows.values_list("school_code", "id"))


def documents(instance: int) -> Iterator[dict[str, str]]:
    """Every school by its catalog names, in the order of School Code."""
    for school in School.objects.filter(instance_id=instance).order_by("school_code").iterator():
        yield {"schools.id": str(school.pk)} | {
            f"schools.{name}": value for name, value in school.values.items()
        }
