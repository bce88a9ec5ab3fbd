"""What the server was asked: counts, and how many requests were in flight at once. No personal value is
kept.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

KEPT = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: its path pattern such as /ws/v1/school/{dcid}/term, never a student's own path or q."""

    method: str
    pattern: str
    status: int
    parameters: tuple[str, ...]
    milliseconds: float


@dataclass(slots=True)
class RequestLog:
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    in_flight: int = 0
    most_in_flight: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def enter(self) -> None:
        with self._lock:
            self.in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def leave(self, entry: Entry) -> None:
        with self._lock:
            self.in_flight -= 1
            self.entries.append(entry)
            self.counts[f"{entry.method} {entry.pattern}"] += 1
            self.statuses[entry.status] += 1

    def clear(self) -> None:
        with self._lock:
            self.entries.clear()
            self.counts.clear()
            self.statuses.clear()
            self.most_in_flight = self.in_flight

    def document(self) -> dict[str, Any]:
        """The log as the admin hook shows it."""
        with self._lock:
            return {
                "total": self.counts.total(),
                "counts": dict(sorted(self.counts.items())),
                "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
                "max_in_flight": self.most_in_flight,
                "requests": [
                    {name: getattr(entry, name) for name in Entry.__slots__} for entry in self.entries
                ],
            }
