"""Since which version every row is as it is (powerschool dossier 12.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yellowbus.simulators.powerschool.columns import Table

FIRST = 16_000_000


@dataclass(slots=True)
class Seen:
    """What rows looked like when they were last asked for, and the version since which they do. A change is
    noticed at the first question after it.
    """

    version: int = FIRST
    marks: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)

    def changed(self, table: Table, rows: Sequence[Any], since: int) -> list[int]:
        """The ids of the rows that are newer than `since`, in the order of the ids."""
        upcoming = self.version + 1
        for row in rows:
            key = (table.name, int(table.key.text(row)))
            mark = hash(tuple(column.text(row) for column in table.columns.values()))
            known = self.marks.get(key)
            if known is None or known[0] != mark:
                self.marks[key] = (mark, upcoming)
                self.version = upcoming
        ids = (int(table.key.text(row)) for row in rows)
        return [number for number in ids if self.marks[table.name, number][1] > since]
