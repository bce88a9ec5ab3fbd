"""A child as far as likeness goes: each part in one spelling, made once and compared often."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yellowbus.planning.likeness.household import Household, household
from yellowbus.planning.match import normalise
from yellowbus.records import Value

_PARTICLES = frozenset(
    [
        "de",
        "la",
        "las",
        "los",
        "del",
        "da",
        "das",
        "do",
        "dos",
        "di",
        "du",
        "van",
        "von",
        "der",
        "den",
        "y",
        "e",
        "el",
        "al",
    ]
)
_SUFFIXES = {
    "jr": "jr", "junior": "jr", "sr": "sr", "senior": "sr", "ii": "ii", "2nd": "ii", "iii": "iii", "3rd": "iii",
    "iv": "iv", "4th": "iv",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Child:
    """`id` is the caller's own. `given` are all first and middle names in their order, `last` the parts of the last name
    without particles ("de la"), `written` both as they stand. Parts that are unknown are empty.
    """

    id: int
    given: tuple[str, ...]
    last: tuple[str, ...]
    born: str = ""
    suffix: str = ""
    preferred: str = ""
    gender: str = ""
    home: Household = field(default_factory=Household)
    written: tuple[str, str] = ("", "")


def child_of(values: Mapping[str, Value], id: int) -> Child:  # noqa: A002 (the field's own word)
    """The child that mapped values, by catalog name, tell of."""
    said = {name: values.get(f"students.{name}") or "" for name in ("fname", "mname", "lname", "suffix")}
    last, in_last = _without_suffix(normalise(said["lname"]).split())
    first, in_first = _without_suffix(normalise(said["fname"]).split())
    middle, in_middle = _without_suffix(normalise(said["mname"]).split())
    suffix = normalise(said["suffix"]).replace(" ", "")
    return Child(
        id=id,
        given=(*first, *middle),
        last=tuple(part for part in last if part not in _PARTICLES) or tuple(last),
        born=values.get("students.dob") or "",
        suffix=_SUFFIXES.get(suffix, suffix) or in_last or in_first or in_middle,
        preferred=normalise(values.get("students.preferred_name") or ""),
        gender=(values.get("students.gender") or "").casefold(),
        home=household(values),
        written=(said["fname"].strip(), said["lname"].strip()),
    )


def _without_suffix(words: list[str]) -> tuple[list[str], str]:
    """A suffix at the end of a name is no part of it."""
    if len(words) > 1 and words[-1] in _SUFFIXES:
        return words[:-1], _SUFFIXES[words[-1]]
    return words, ""
