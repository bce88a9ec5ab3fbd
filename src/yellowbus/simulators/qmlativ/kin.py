"""Families and guardians from the ties of the district (qmlativ dossier 8.3).

A guardian who does not live with the child is in another family of the child, so that some children have two;
FamilyGuardian joined with StudentFamily gives each child exactly its guardians.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from yellowbus.simulators.district import Student, Tie
from yellowbus.simulators.district.families import GUARDIANS
from yellowbus.simulators.qmlativ import keys
from yellowbus.simulators.qmlativ.codes import LANGUAGE_IDS
from yellowbus.simulators.qmlativ.ids import Ids
from yellowbus.simulators.qmlativ.rows import Family, FamilyGuardian, Guardian, StudentFamily


@dataclass(slots=True)
class Kin:
    ids: Ids
    families: dict[int, Family] = field(default_factory=dict)
    family_guardians: dict[int, FamilyGuardian] = field(default_factory=dict)
    student_families: list[StudentFamily] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    emergency: list[Guardian] = field(default_factory=list)
    guardian_contacts: set[int] = field(default_factory=set)
    emergency_contacts: set[int] = field(default_factory=set)

    def add(self, student: Student) -> None:
        ties = sorted(student.ties, key=lambda tie: tie.priority)
        guardians = [tie for tie in ties if tie.relationship in GUARDIANS]
        others = [tie for tie in ties if tie.relationship not in GUARDIANS]
        self.guardian_contacts.update(tie.contact.id for tie in guardians)
        self.emergency_contacts.update(tie.contact.id for tie in others)
        self.guardians += [
            Guardian(keys.guardian(tie.id), student, tie, rank) for rank, tie in enumerate(guardians, 1)
        ]
        self.emergency += [
            Guardian(keys.emergency(tie.id), student, tie, rank) for rank, tie in enumerate(others, 1)
        ]
        self._families(student, guardians)

    def _families(self, student: Student, guardians: Sequence[Tie]) -> None:
        near = [tie for tie in guardians if tie.lives_with]
        apart = [tie for tie in guardians if not tie.lives_with]
        groups = [group for group in (near, apart) if group] or [[]]
        for rank, group in enumerate(groups, 1):
            family = self._family(student, group)
            key = self.ids.of("StudentFamily", student.id, family)
            self.student_families.append(StudentFamily(key, family, keys.student(student), rank, group))

    def _family(self, student: Student, group: Sequence[Tie]) -> int:
        first = student.household.members[0]
        members = tuple(tie.contact.id for tie in group) or (-first.id,)
        family = self.ids.of("Family", *members)
        self.families.setdefault(family, Family(family, LANGUAGE_IDS[student.household.language]))
        for rank, tie in enumerate(group, 1):
            key = self.ids.of("FamilyGuardian", family, tie.contact.id)
            row = FamilyGuardian(key, family, keys.contact_name(tie.contact), rank)
            self.family_guardians.setdefault(key, row)
        return family
