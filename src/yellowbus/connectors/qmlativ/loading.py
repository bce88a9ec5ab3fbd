"""Filling a spool: whole lists for a run, a few rows for one student."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from typing import Any, Final

from yellowbus.connectors.base import text
from yellowbus.connectors.qmlativ.context import Context
from yellowbus.connectors.qmlativ.profile import Table
from yellowbus.connectors.qmlativ.server import Question, Row, Server, resolved
from yellowbus.connectors.qmlativ.spool import Spool
from yellowbus.connectors.qmlativ.values import NotAValue, Read, reader
from yellowbus.connectors.qmlativ.wanted import Wanted
from yellowbus.errors import NeedsAdmin, NotUnderstood, TryLater
from yellowbus.records import Value

_MOST_VALUES: Final = 200


class Loader:
    """Reads what `wanted` needs into `spool`. Fields that may not be read are refused before the first request."""

    def __init__(self, server: Server, context: Context, wanted: Wanted, spool: Spool) -> None:
        self.spool = spool
        self.wanted = wanted
        self._server = server
        self._context = context
        self._picked: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for table, columns in wanted.columns.items():
            _refuse_ungranted(wanted.profile.tables[table], columns)
            spool.create(wanted.profile.tables[table], columns, wanted.looked_up_by[table])

    def load(self, tables: Iterable[str] = ()) -> None:
        """Every list whole, some side by side. The pages of one list can only follow one another."""
        names = tuple(tables) or tuple(self.wanted.columns)
        calls = (partial(self._load, name, entity) for name in names for entity in self._entities(name))
        with closing(self._server.door.ahead(calls, window=self._server.profile.lists.at_once)) as done:
            for _ in done:
                pass
        if "school" in names and not self.spool.count("school"):
            raise NeedsAdmin("qmlativ-year-not-set-up", year=self._context.years, lacking="schools")

    def pick(self, name: str, on: str, values: Iterable[Value]) -> None:
        """The rows of a list whose field has one of the values, for a student looked at alone; once for each field."""
        known = sorted({value for value in values if value is not None} - self._picked[name, on])
        self._picked[name, on].update(known)
        if name not in self.wanted.columns:
            return
        for start in range(0, len(known), _MOST_VALUES):
            if not self._is_there(self.wanted.profile.tables[name]):
                return
            among = (on, tuple(known[start : start + _MOST_VALUES]))
            self._fill(self._question(name, self._context.entity, among))

    def _load(self, name: str, entity: str) -> None:
        question = self._question(name, entity, None)
        if not self._is_there(question.table):
            return
        read, new = self._fill(question)
        if new < read and not question.table.in_each_entity:
            raise TryLater("list-changed", what=question.table.path, read=new, count=read)

    def _question(self, name: str, entity: str, among: tuple[str, tuple[str, ...]] | None) -> Question:
        columns = self.wanted.columns[name]
        return Question(self.wanted.profile.tables[name], columns, entity, self._context.named, among)

    def _is_there(self, table: Table) -> bool:
        """Whether there can be rows: there are none of a next year that Qmlativ does not have."""
        return len(resolved(table.only, self._context.named)) == len(table.only)

    def _fill(self, question: Question) -> tuple[int, int]:
        """How many rows were read, and how many of them were new."""
        read = new = 0
        cells = Cells(self._server, question)
        for page in self._server.pages(question):
            rows = [row for row in map(cells.of, page) if cells.counts(row)]
            read += len(rows)
            new += self.spool.insert(question.table.name, rows)
        cells.refuse_lacking()
        return read, new

    def _entities(self, name: str) -> list[str]:
        if not self.wanted.profile.tables[name].in_each_entity:
            return [self._context.entity]
        return entities(self._server, self._context)


class Cells:
    """Rows of a reply as rows of the spool, and which fields were never there."""

    def __init__(self, server: Server, question: Question) -> None:
        table = question.table
        self._server = server
        self._table = table
        self._columns = [table.columns[name] for name in question.columns]
        self._reads: list[Read] = [
            reader(column.type, server.profile.day_formats) for column in self._columns
        ]
        self._lacking: set[str] | None = None
        # A plain list cannot be narrowed by the server, so what does not count is left out here as well.
        self._only = self._places(resolved(table.only, question.named), question)

    def of(self, row: Row) -> list[Value]:
        there = {name.lower(): value for name, value in row.items()}
        sent = [column.sent.lower() for column in self._columns]
        absent = {name for name in sent if name not in there}
        self._lacking = absent if self._lacking is None else self._lacking & absent
        try:
            return [read(there.get(name)) for read, name in zip(self._reads, sent, strict=True)]
        except NotAValue:
            expected = f"plain values in {self._table.path}"
            raise NotUnderstood("reply-not-understood", host=self._server.host, expected=expected) from None

    def counts(self, row: list[Value]) -> bool:
        return all(row[place] in {value, None} for place, value in self._only)

    def refuse_lacking(self) -> None:
        """A field that no row has at all was not granted or is gone: blanks would clear it in Enroll."""
        if not self._lacking or self._server.profile.lists.lacking_fields == "blank":
            return
        sent = [column.sent for column in self._columns if column.sent.lower() in self._lacking]
        raise NeedsAdmin("qmlativ-fields", object=self._table.path, fields=", ".join(sent))

    def _places(self, only: Mapping[str, str], question: Question) -> list[tuple[int, str]]:
        return [
            (question.columns.index(name), value) for name, value in only.items() if name in question.columns
        ]


def entities(server: Server, context: Context) -> list[str]:
    """The entities of the district, each of which may see rows of its own."""
    table = server.profile.tables["entity"]
    question = Question(table, (table.key, "DistrictID"), context.entity, context.named)
    key, district = (table.columns[name].sent for name in question.columns)
    rows: Iterator[Mapping[str, Any]] = (row for page in server.pages(question) for row in page)
    own = [text(row.get(key)) or "" for row in rows if text(row.get(district)) in {context.district, None}]
    return own or [context.entity]


def _refuse_ungranted(table: Table, columns: Iterable[str]) -> None:
    lacking = [table.columns[name].sent for name in columns if not table.may_read(name)]
    if lacking:
        raise NeedsAdmin("qmlativ-fields", object=table.path, fields=", ".join(lacking))
