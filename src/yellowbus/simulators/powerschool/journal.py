"""What the server was told to write, in the order in which it did: for tests that count. No PowerSchool has
this.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from yellowbus.simulators.district import District, Student
from yellowbus.simulators.district.people import NO_DAY
from yellowbus.simulators.exchange import Request

KEPT = 200_000
WRITTEN = frozenset({"SUCCESS", "WARNING", "VALID"})
INSERT, STUDENT = "INSERT", "student"


@dataclass(frozen=True, slots=True)
class Write:
    """One record of one request. `fields` are the names of what was stored, never the values; `outcome` is
    what the server did, whether or not its answer arrived; `faults` are the words of those that struck.
    """

    resource: str
    action: str
    outcome: str
    id: int | None = None
    client_uid: str = ""
    codes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    method: str = ""
    path: str = ""
    faults: tuple[str, ...] = ()
    number: int = 0
    time: str = ""


@dataclass(slots=True)
class Journal:
    clock: Callable[[], float]
    _writes: deque[Write] = field(default_factory=lambda: deque(maxlen=KEPT))
    _made: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def note(self, request: Request, write: Write) -> None:
        with self._lock:
            self._made += 1
            told: dict[str, Any] = {
                "method": request.method,
                "path": request.path,
                "faults": tuple(sorted(request.faults)),
                "number": self._made,
                "time": datetime.fromtimestamp(self.clock(), UTC).isoformat(),
            }
            self._writes.append(Write(**asdict(write) | told))

    def clear(self) -> None:
        with self._lock:
            self._writes.clear()

    def all(self, **wanted: Any) -> list[Write]:
        """The writes in order; those whose attributes have these values, as text.

        >>> Journal(lambda: 0.0).all(resource="student", action="INSERT")
        []
        """
        with self._lock:
            return [
                write
                for write in self._writes
                if all(str(getattr(write, name)) == str(value) for name, value in wanted.items())
            ]

    def inserted(self) -> list[int]:
        """The DCIDs of the students that were made, in order."""
        made = self.all(resource=STUDENT, action=INSERT)
        return [write.id for write in made if write.outcome in WRITTEN and write.id is not None]

    def children(self, district: District) -> list[Mapping[str, Any]]:
        """Every child that was inserted, and how often: children are the same whose names and day of birth
        are.
        """
        found: dict[tuple[str, ...], dict[str, Any]] = {}
        for student in self._students(district):
            born = "" if student.birth == NO_DAY else student.birth.isoformat()
            child = {"last": student.last, "first": student.first, "birth": born}
            key = tuple(text.casefold() for text in child.values())
            known = found.setdefault(key, {**child, "inserts": 0, "ids": [], "numbers": []})
            known["inserts"] += 1
            known["ids"].append(student.dcid)
            known["numbers"].append(student.number)
        return list(found.values())

    def _students(self, district: District) -> Iterator[Student]:
        for dcid in self.inserted():
            student = district.student_by_dcid(dcid)
            if student is not None:
                yield student
