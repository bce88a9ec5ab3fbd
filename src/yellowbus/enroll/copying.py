"""Fill a Sandbox from Production: afterwards it holds what Production holds, and nothing else.

Schools keep their School ID by School Code and students their id by district id, so what points to them stays. The rows
lose their mark and raise their version: a plan made before is left out row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

from yellowbus.enroll.models import (
    CodeValue,
    CustomField,
    Environment,
    Instance,
    Program,
    School,
    SchoolYear,
    Student,
)
from yellowbus.errors import NeedsAdmin

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Copied:
    """How many of each were copied."""

    schools: int
    students: int
    custom_fields: int


@transaction.atomic
def copy(source: int, target: int) -> Copied:
    """Copy everything of instance `source` into `target`. Raises NeedsAdmin unless it is another one, a Sandbox."""
    sites = {site.pk: site for site in Instance.objects.filter(pk__in=[source, target])}
    if source == target or sites[target].environment != Environment.SANDBOX:
        raise NeedsAdmin("copy-into-production")
    for model in (CustomField, CodeValue, SchoolYear):
        _replace(model, source, target)
    schools = _synced(School, "school_code", ("values",), source=source, target=target)
    _programs(source, target)
    names = ("lasting", "annual", "custom", "match_key", "archived_at")
    students = _synced(Student, "district_id", names, source=source, target=target)
    return Copied(schools, students, CustomField.objects.filter(instance_id=target).count())


def _replace(model: type[models.Model], source: int, target: int) -> None:
    """Rows that nothing points to are simply made anew."""
    manager: Any = model._default_manager  # noqa: SLF001 (Django's public name)
    manager.filter(instance_id=target).delete()
    made = [_twin(row, instance_id=target) for row in manager.filter(instance_id=source)]
    manager.bulk_create(made)


def _synced(
    model: type[School] | type[Student], key: str, names: tuple[str, ...], *, source: int, target: int
) -> int:
    """Rows that keep their id by `key`; those of the target that the source lacks, or that have no key, go."""
    manager: Any = model._default_manager  # noqa: SLF001 (as above)
    here = manager.filter(instance_id=source)
    there = manager.filter(instance_id=target)
    kept = here.exclude(**{key: None}).values(key)
    there.filter(Q(**{key: None}) | ~Q(**{f"{key}__in": kept})).delete()
    versions: dict[str, int] = dict(there.values_list(key, "version"))
    for page in _pages(here.order_by("pk").iterator(chunk_size=_PAGE)):
        manager.bulk_create(
            [
                model(
                    instance_id=target,
                    version=versions.get(getattr(row, key), 0) + 1,
                    changed_at=Now(),
                    **{name: getattr(row, name) for name in names},
                )
                for row in page
            ],
            update_conflicts=True,
            unique_fields=["instance", key],
            update_fields=[*names, "version", "mark", "changed_at"],
        )
    return int(here.count())


def _pages(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while page := list(islice(rows, _PAGE)):
        yield page


def _programs(source: int, target: int) -> None:
    """Programs belong to a school, which has another School ID in the other site."""
    there = dict(School.objects.filter(instance_id=target).values_list("school_code", "pk"))
    Program.objects.filter(school__instance_id=target).delete()
    rows = Program.objects.filter(school__instance_id=source).select_related("school")
    Program.objects.bulk_create(_twin(row, school_id=there[row.school.school_code]) for row in rows)


def _twin(row: Any, **instead: Any) -> Any:
    """The same row, to be made elsewhere."""
    meta = row._meta  # noqa: SLF001 (Django's public name)
    fields = [each.attname for each in meta.concrete_fields if not each.primary_key and not each.generated]
    return type(row)(**({name: getattr(row, name) for name in fields} | instead))
