"""One server's state, and one request to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import msgspec

from yellowbus.simulators.district import Contact, District, Student, Tie
from yellowbus.simulators.exchange import Request
from yellowbus.simulators.faults import Faults
from yellowbus.simulators.log import RequestLog
from yellowbus.simulators.powerschool import v1_students
from yellowbus.simulators.powerschool.columns import Column, Table
from yellowbus.simulators.powerschool.journal import Journal
from yellowbus.simulators.powerschool.options import Options
from yellowbus.simulators.powerschool.plugins import Plugin, Plugins
from yellowbus.simulators.powerschool.powerqueries import Database
from yellowbus.simulators.powerschool.query import key_of
from yellowbus.simulators.powerschool.seen import Seen
from yellowbus.simulators.powerschool.tokens import Tokens
from yellowbus.simulators.powerschool.typed_json import to_json

KEPT_FORMS = 4
KEPT_ANSWERS = 16


@dataclass(frozen=True, slots=True)
class Form:
    """What a student is rendered with."""

    expansions: tuple[str, ...]
    extensions: tuple[str, ...]


@dataclass(slots=True)
class Rendered:
    """Students already written as JSON, by form. A changed student has a higher version and is written
    anew.
    """

    forms: dict[Form, dict[int, tuple[int, bytes]]] = field(default_factory=dict)

    def student(self, student: Student, form: Form, options: Options) -> bytes:
        kept = self._of(form)
        known = kept.get(student.dcid)
        if known is not None and known[0] == student.version:
            return known[1]
        tree = v1_students.tree(student, form.expansions, form.extensions, options)
        written = msgspec.json.encode(to_json(tree))
        kept[student.dcid] = (student.version, written)
        return written

    def _of(self, form: Form) -> dict[int, tuple[int, bytes]]:
        if form not in self.forms and len(self.forms) >= KEPT_FORMS:
            del self.forms[next(iter(self.forms))]
        return self.forms.setdefault(form, {})


@dataclass(slots=True)
class TableRows:
    """Rows of tables as they are asked for, kept until the district changes: a page is then a slice, whatever
    the size of the district.
    """

    district: District
    version: int = 0
    kept: dict[str, list[Any]] = field(default_factory=dict)
    indexes: dict[tuple[str, str], dict[Any, list[int]]] = field(default_factory=dict)
    answers: dict[tuple[Any, ...], Sequence[Any]] = field(default_factory=dict)

    def of(self, table: Table) -> Sequence[Any]:
        """Every row in the order of the table's key."""
        self._refresh()
        if table.name not in self.kept:
            self.kept[table.name] = sorted(table.rows(self.district), key=table.key.get)
        return self.kept[table.name]

    def with_values(self, table: Table, column: Column, values: Sequence[str]) -> Sequence[Any]:
        """The rows that have one of the values in this column, in the order of the table's key."""
        rows, key = self.of(table), key_of(column.kind)
        if (table.name, column.name) not in self.indexes:
            places: dict[Any, list[int]] = {}
            for place, row in enumerate(rows):
                places.setdefault(key(column.text(row)), []).append(place)
            self.indexes[table.name, column.name] = places
        found = self.indexes[table.name, column.name]
        return [rows[place] for place in sorted({p for value in values for p in found.get(key(value), ())})]

    def answer(self, asked: tuple[Any, ...], find: Callable[[], Sequence[Any]]) -> Sequence[Any]:
        """What `find` gives for this question; the answers to the last few questions are kept."""
        self._refresh()
        if asked not in self.answers:
            found = find()
            if len(self.answers) >= KEPT_ANSWERS:
                del self.answers[next(iter(self.answers))]
            self.answers[asked] = found
        return self.answers[asked]

    def _refresh(self) -> None:
        if self.version != self.district.version:
            self.version = self.district.version
            for kept in (self.kept, self.indexes, self.answers):
                kept.clear()


@dataclass(slots=True)
class People:
    """Contacts by id and their ties to students, kept until the district changes."""

    district: District
    version: int = 0
    people: dict[int, Contact] = field(default_factory=dict)
    tied: dict[int, list[Tie]] = field(default_factory=dict)

    def by_id(self) -> dict[int, Contact]:
        self._refresh()
        return self.people

    def ties(self, person: Contact) -> list[Tie]:
        self._refresh()
        return self.tied.get(person.id, [])

    def _refresh(self) -> None:
        if self.version == self.district.version:
            return
        self.people = {person.id: person for person in self.district.contacts()}
        self.tied = {}
        for student in self.district.students:
            for tie in student.ties:
                self.tied.setdefault(tie.contact.id, []).append(tie)
        self.version = self.district.version


@dataclass(slots=True)
class State:
    district: District
    options: Options
    clock: Callable[[], float]
    plugins: Plugins
    tokens: Tokens
    faults: Faults
    log: RequestLog
    journal: Journal
    rendered: Rendered
    rows: TableRows
    people: People
    database: Database
    uuid: str
    seen: Seen = field(default_factory=Seen)

    def use(self, options: Options) -> None:
        """Behave otherwise from now on; plugins and tokens stay."""
        with self.district.lock:
            self.options = self.plugins.options = self.tokens.options = options
            self.rendered.forms.clear()

    @classmethod
    def of(cls, district: District, options: Options, clock: Callable[[], float]) -> "State":
        database = Database(district)
        plugins = Plugins(options, district.seed, database.reads)
        return cls(
            district=district,
            options=options,
            clock=clock,
            plugins=plugins,
            tokens=Tokens(plugins, options, clock),
            faults=Faults("/ws/*"),
            log=RequestLog(),
            journal=Journal(clock),
            rendered=Rendered(),
            rows=TableRows(district),
            people=People(district),
            database=database,
            uuid=str(UUID(int=Random(f"district-{district.seed}").getrandbits(128), version=4)),
        )


@dataclass(frozen=True, slots=True)
class Call:
    """One request, who asks, and the names and numbers in its path."""

    sis: State
    request: Request
    plugin: Plugin
    path: Mapping[str, str]

    @property
    def options(self) -> Options:
        return self.sis.options

    def number(self, name: str) -> int:
        """A number of the path; one that is none of ours becomes 0, which no record has."""
        text = self.path[name]
        return int(text) if text.isdigit() else 0
