"""The 41 reading operations, the same in 1.1 and 1.2 (oneroster dossier 1.3), and the scopes for them (1.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from yellowbus.simulators.oneroster.clients import CORE, DEMOGRAPHICS, ROSTER
from yellowbus.simulators.paths import parts_of

# Collection to the word of what it holds.
COLLECTIONS = {
    "academicSessions": "academicSession",
    "classes": "class",
    "courses": "course",
    "demographics": "demographics",
    "enrollments": "enrollment",
    "gradingPeriods": "academicSession",
    "orgs": "org",
    "schools": "org",
    "students": "user",
    "teachers": "user",
    "terms": "academicSession",
    "users": "user",
}
NESTED = {
    "/classes/{classes}": ("students", "teachers"),
    "/courses/{courses}": ("classes",),
    "/schools/{schools}": ("classes", "courses", "enrollments", "students", "teachers", "terms"),
    "/schools/{schools}/classes/{classes}": ("enrollments", "students", "teachers"),
    "/students/{students}": ("classes",),
    "/teachers/{teachers}": ("classes",),
    "/users/{users}": ("classes",),
    "/terms/{terms}": ("classes", "gradingPeriods"),
}


@dataclass(frozen=True, slots=True)
class Operation:
    """`collection` is what is listed or looked into; `single` that one of it is asked for."""

    pattern: str
    collection: str
    single: bool = False

    @property
    def kind(self) -> str:
        return COLLECTIONS[self.collection]

    @property
    def nested(self) -> bool:
        return not self.single and self.pattern.count("/") > 1

    @property
    def scopes(self) -> tuple[str, ...]:
        """Any of these opens it."""
        if self.collection == "demographics":
            return (DEMOGRAPHICS,)
        return (ROSTER,) if self.nested else (ROSTER, CORE)


OPERATIONS = (
    *(Operation(f"/{name}", name) for name in COLLECTIONS),
    *(Operation(f"/{name}/{{id}}", name, single=True) for name in COLLECTIONS),
    *(Operation(f"{owner}/{name}", name) for owner, names in NESTED.items() for name in names),
)


def find(path: str) -> tuple[Operation, Mapping[str, str]] | None:
    """The operation of a path below the base, and what stands in its places."""
    for operation in OPERATIONS:
        parts = parts_of(path, operation.pattern)
        if parts is not None:
            return operation, parts
    return None
