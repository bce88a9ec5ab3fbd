"""Who may be added to Enroll. A student who is there already is kept up to date whatever this says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yellowbus.records import Value

STATUS = "students_annual.sis_enroll_status"
GRADE = "students_annual.grade"
BIRTH = "students.dob"


@dataclass(frozen=True, slots=True)
class Admission:
    """The filter of a connection. Empty sets admit all; `school_age` is (youngest, oldest) in years, inclusive.

    A student whose status is not among `statuses` is still admitted when of school age, if `school_age` is given: the
    article recommends to send those too. A mapping that does not fill the status admits everyone.
    """

    statuses: frozenset[str] = frozenset({"active", "pre-registered"})
    school_age: tuple[int, int] | None = (3, 21)
    grades: frozenset[str] = frozenset()

    def refuses(self, values: Mapping[str, Value], today: date) -> str | None:
        """The reason code why a student with these mapped values may not be added, or None."""
        if self.grades and values.get(GRADE) not in self.grades:
            return "grade-not-chosen"
        status = values.get(STATUS)
        if not self.statuses or status is None or status in self.statuses:
            return None
        if self.school_age and self._of_school_age(values.get(BIRTH), today):
            return None
        return "status-not-chosen"

    def _of_school_age(self, born: Value, today: date) -> bool:
        if born is None or self.school_age is None:
            return False
        birthday = date.fromisoformat(born)
        age = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
        return self.school_age[0] <= age <= self.school_age[1]


EVERYONE = Admission(statuses=frozenset(), school_age=None)
