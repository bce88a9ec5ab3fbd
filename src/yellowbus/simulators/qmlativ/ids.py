"""Ids that are handed out once and kept."""

from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Ids:
    """One series of ids for each kind of thing. The same thing always has the same id; ids of different kinds
    do not agree.

    >>> ids = Ids({"School": 3001})
    >>> ids.of("School", 101, 2026), ids.of("School", 101, 2027), ids.of("School", 101, 2026)
    (3001, 3002, 3001)
    """

    first: dict[str, int]
    _given: dict[str, dict[Hashable, int]] = field(default_factory=dict, repr=False)

    def of(self, kind: str, *thing: Hashable) -> int:
        given = self._given.setdefault(kind, {})
        return given.setdefault(thing, self.first[kind] + len(given))

    def known(self, kind: str, *thing: Hashable) -> int | None:
        return self._given.get(kind, {}).get(thing)


FIRST_IDS = {
    "Street": 60_001,
    "Zip": 701,
    "Address": 90_001,
    "Family": 120_001,
    "FamilyGuardian": 400_001,
    "StudentFamily": 2_000_001,
    "School": 3_001,
    "EntitySchool": 5_001,
    "Calendar": 7_001,
    "EntryCode": 801,
    "WithdrawalCode": 901,
    "GradeReference": 1_001,
    "Homeroom": 11_001,
    "DistrictSchoolYear": 501,
}
