"""A CSV file as a SIS (enroll-sync dossier 5.5): students, and schools where a file of them is given."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from yellowbus.connectors.base import Check, Code, Page, ReadFilter, School, SourceField
from yellowbus.errors import NeedsAdmin, RecordError, YellowbusError
from yellowbus.protocols.files import Table, open_table
from yellowbus.protocols.net import Door
from yellowbus.records import Record, Value

SCHOOL_CODE = "School Code"
SCHOOL_NAME = "School Name"

# What a spreadsheet makes of a long id (enroll-sync dossier 17.15). No id of a SIS holds a plus sign.
_SPREADSHEET_NUMBER = re.compile(r"\s*\d(\.\d+)?E\+\d+\s*", re.IGNORECASE)


def open(settings: Mapping[str, str], door: Door) -> "FlatFile":  # noqa: A001, ARG001 -- the registry asks for this form
    """The connector of one file. It needs no door: nothing of it is on the network."""
    delimiter, schools = settings.get("delimiter") or "auto", settings.get("schools_file")
    return FlatFile(
        students=_File(Path(settings["students_file"]), delimiter, settings["id_column"]),
        schools_file=_File(Path(schools), delimiter, SCHOOL_CODE) if schools else None,
    )


@dataclass(frozen=True, slots=True)
class _File:
    """One file of the connection. Opened anew for each call, since the export may have replaced it."""

    path: Path
    delimiter: str
    key: str

    def table(self) -> Table:
        return open_table(self.path, self.delimiter)

    def decoder(self, table: Table) -> Callable[[bytes], Record]:
        """What makes a Record of a row. NeedsAdmin where the file has no column for the id."""
        names, column = table.names, table.column(self.key)

        def decode(raw: bytes) -> Record:
            cells = table.parse(raw)
            if "+" in cells[column] and _SPREADSHEET_NUMBER.fullmatch(cells[column]):
                raise RecordError("id-number-format", column=self.key)
            values = [None if not cell or cell.isspace() else cell for cell in cells]
            return Record(dict(zip(names, values, strict=True)))

        return decode


@dataclass(frozen=True, slots=True)
class FlatFile:
    """Opened by `open`. A row is read whole: neither the filter nor a choice of fields makes it cheaper."""

    students: _File
    schools_file: _File | None

    def check(self) -> Iterator[Check]:
        yield from _checks("Students file", self.students)
        if self.schools_file:
            yield from _checks("Schools file", self.schools_file)

    def schools(self) -> list[School]:
        """The rows of the schools file. NeedsAdmin where one is unreadable: none goes missing unseen."""
        rows = _schools(self.schools_file) if self.schools_file else ()
        return sorted(rows, key=lambda school: school.code)

    def fields(self, kind: str) -> list[SourceField]:
        file = self._file(kind)
        return [SourceField(name, name) for name in file.table().names] if file else []

    def codes(self) -> Iterator[Code]:
        """A file says nothing of its codes."""
        return iter(())

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:  # noqa: ARG002
        """The student with this id. RecordError where rows that differ have it (enroll-sync dossier 17.3)."""
        table, wanted = self.students.table(), key.strip()
        decode, column = self.students.decoder(table), table.column(self.students.key)
        needle = wanted.replace('"', '""').encode()
        likely = dict.fromkeys(raw for raw in table.records() if needle in raw)
        found = [raw for raw in likely if _cell(table, raw, column) == wanted]
        if len(found) > 1:
            raise RecordError("id-repeated", column=self.students.key)
        return decode(found[0]) if found else None

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:  # noqa: ARG002
        """Pages of rows as they stand. A bookmark holds for the very file that was read."""
        file = self._file(kind)
        if not file:
            yield Page([], _nothing, bookmark="", last=True)
            return
        table = file.table()
        decode = file.decoder(table)
        if not after:
            table.prove()
        for chunk in table.chunks(after):
            yield Page(chunk.records, decode, bookmark=chunk.bookmark, last=chunk.last)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _file(self, kind: str) -> _File | None:
        return {"students": self.students, "schools": self.schools_file}[kind]


def _checks(name: str, file: _File) -> Iterator[Check]:
    """Each line stands on the one before, so the first that fails ends the check."""
    try:
        table = file.table()
        yield Check(f"{name}: headings", ok=True, says=f"{file.path} has {len(table.names)} columns.")
        decode = file.decoder(table)
        yield Check(f"{name}: id", ok=True, says=f"The column {file.key} is there.")
        table.prove()
        yield Check(f"{name}: text", ok=True, says="The whole file is UTF-8 text.")
        decode(next(table.records()))
        yield Check(f"{name}: first row", ok=True, says="The first row has a value for each heading.")
    except YellowbusError as error:
        yield Check(name, ok=False, says=str(error), code=error.code, facts=error.facts)


def _schools(file: _File) -> Iterator[School]:
    table = file.table()
    code, name = table.column(SCHOOL_CODE), table.column(SCHOOL_NAME)
    for number, raw in enumerate(table.records(), 1):
        try:
            cells = table.parse(raw)
        except RecordError as error:
            facts = {"file": file.path, "row": number, "reason": error.sentence}
            raise NeedsAdmin("school-row-unreadable", **facts) from None
        yield School(cells[code].strip(), cells[name].strip())


def _cell(table: Table, raw: bytes, column: int) -> Value:
    try:
        return table.parse(raw)[column].strip()
    except RecordError:
        return None


def _nothing(raw: bytes) -> Record:
    raise KeyError(raw)
