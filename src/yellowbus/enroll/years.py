"""School years and their switch."""

from yellowbus.enroll.models import SchoolYear
from yellowbus.errors import NeedsAdmin


def enable_imports(instance: int, year: int, *, on: bool = True) -> None:
    """Settings > General: “Enable Sync Import for Year XXXX”."""
    SchoolYear.objects.update_or_create(instance_id=instance, year=year, defaults={"imports_enabled": on})


def require_imports(instance: int, year: int) -> None:
    """Raise NeedsAdmin unless imports are on for the year. Every kind of run asks before it reads anything."""
    if not SchoolYear.objects.filter(instance_id=instance, year=year, imports_enabled=True).exists():
        raise NeedsAdmin("imports-off", year=year)


def enabled_years(instance: int) -> list[int]:
    rows = SchoolYear.objects.filter(instance_id=instance, imports_enabled=True)
    return sorted(rows.values_list("year", flat=True))
