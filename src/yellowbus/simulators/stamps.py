"""When each child was last changed, and in which area: what a SIS that reports changes keeps beside its tables."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from yellowbus.simulators.district import District, Student


class Area(Enum):
    STUDENT = "student"
    CONTACT = "contact"
    ENROLLMENT = "enrollment"


@dataclass(slots=True)
class _Known:
    version: int
    marks: dict[Area, int]
    times: dict[Area, datetime]


@dataclass(slots=True)
class Stamps:
    """A change is seen at the first look after it and bears the time of that look. What was there from the
    start bears old times, a minute between child and child.
    """

    district: District
    clock: Callable[[], float]
    _seen: int = 0
    _known: dict[int, _Known] = field(default_factory=dict, repr=False)

    def look(self) -> None:
        """Notice what changed since the last look."""
        if self._seen == self.district.version:
            return
        now, first = datetime.fromtimestamp(self.clock(), UTC), not self._known
        for student in self.district.students:
            known = self._known.get(student.dcid)
            if known is None:
                time = self._start(student) if first else now
                self._known[student.dcid] = _Known(
                    student.version, _marks(student), dict.fromkeys(Area, time)
                )
            elif known.version != student.version:
                _renew(known, student, now)
        self._seen = self.district.version

    def of(self, student: Student, *areas: Area) -> datetime:
        """The last change in one of these areas; in any, where none is named."""
        times = self._known[student.dcid].times
        return max(times[area] for area in areas or Area)

    def _start(self, student: Student) -> datetime:
        return datetime(self.district.school_year - 1, 7, 1, tzinfo=UTC) + timedelta(minutes=student.dcid)


def _renew(known: _Known, student: Student, now: datetime) -> None:
    """A change that shows in no area, made by hand, counts as one of the student's own."""
    marks = _marks(student)
    changed = {area for area in Area if marks[area] != known.marks[area]} or {Area.STUDENT}
    known.version, known.marks = student.version, marks
    known.times.update(dict.fromkeys(changed, now))


def _marks(student: Student) -> dict[Area, int]:
    home = student.household
    ties = [
        (
            t.relationship,
            t.priority,
            t.contact.first,
            t.contact.last,
            str(t.contact.phones),
            str(t.contact.emails),
        )
        for t in student.ties
    ]
    homes = [home.address for tie in student.ties for home in tie.contact.homes]
    own = (student.first, student.middle, student.last, student.grade, student.home_room, student.birth)
    return {
        Area.STUDENT: hash(
            (own, home.address, home.mailing, home.phone, student.status, student.school.dcid)
        ),
        Area.CONTACT: hash((tuple(ties), tuple(homes))),
        Area.ENROLLMENT: hash(
            (student.status, student.school.dcid, student.grade, student.entry, student.exit)
        ),
    }
