"""What is set for an organization or an instance as a whole."""

from zoneinfo import available_timezones

from django.db import transaction

from yellowbus.catalog import FieldType, is_custom
from yellowbus.enroll import organizations, students, years
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.permissions import Actor, Permission, operator


@transaction.atomic
def add(name: str, *, time_zone: str) -> organizations.Organization:
    """Make an organization. Only who sits at the server can: nobody belongs to it yet."""
    if time_zone not in available_timezones():
        raise NeedsAdmin("time-zone-unknown", zone=time_zone)
    made = organizations.add(name, time_zone=time_zone)
    audit.note(operator(made.pk), "organization.add", made.slug, time_zone=time_zone)
    return made


@transaction.atomic
def enable_imports(actor: Actor, instance: int, year: int, *, on: bool = True) -> None:
    """Turn “Enable Sync Import for Year” on or off."""
    actor.require(Permission.MANAGE_SETTINGS)
    years.enable_imports(instance, year, on=on)
    audit.note(actor, "year.enable" if on else "year.disable", str(year), instance=instance)


@transaction.atomic
def add_custom_field(actor: Actor, instance: int, key: str, label: str, *, kind: str = "text") -> str:
    """Add a form field that a mapping may fill, or rename it; its canonical name. Raises NeedsAdmin for a wrong key."""
    actor.require(Permission.MANAGE_SETTINGS)
    name = f"custom.{key}"
    if not is_custom(name):
        raise NeedsAdmin("custom-key-refused", key=key)
    if kind not in CUSTOM_TYPES:
        raise NeedsAdmin("custom-type-refused", kind=kind, known=", ".join(CUSTOM_TYPES))
    students.add_custom_field(instance, key, label, type=kind)
    audit.note(actor, "custom-field.add", name, instance=instance)
    return name


# A code needs a code set, which a custom field cannot name.
CUSTOM_TYPES = tuple(kind.value for kind in FieldType if kind is not FieldType.CODE)
