"""The codes that Enroll knows in one instance: the catalog's, and the instance's own beside or over them."""

from collections.abc import Iterator
from dataclasses import dataclass

from yellowbus.catalog import code_set, code_sets
from yellowbus.enroll.models import CodeValue, CustomField


@dataclass(frozen=True, slots=True)
class EnrollCode:
    """One value of a code set. `origin` says whose code it is."""

    set: str
    value: str
    label: str
    origin: str


def every(instance: int) -> Iterator[EnrollCode]:
    """All codes by set, in the order of the pages, then the custom fields as the set “custom”."""
    own = {
        (code.set, code.value): code.label
        for code in CodeValue.objects.filter(instance_id=instance).order_by("pk")
    }
    for name, known in code_sets().items():
        for code in known.codes:
            label = own.pop((name, code.value), None)
            yield EnrollCode(
                name, code.value, label or code.label, "this instance" if label else known.origin
            )
    for (name, value), label in own.items():
        yield EnrollCode(name, value, label, "this instance")
    for field in CustomField.objects.filter(instance_id=instance).order_by("key"):
        yield EnrollCode("custom", f"custom.{field.key}", field.label, "this instance")


def labels(instance: int, name: str) -> dict[str, str]:
    """One set as {code: label}, the instance's own labels and codes over and after those of the catalog."""
    own = (
        CodeValue.objects.filter(instance_id=instance, set=name).order_by("pk").values_list("value", "label")
    )
    return {code.value: code.label for code in code_set(name)} | dict(own)
