"""Contacts of students, from the tables that hold them (powerschool dossier 3.4, 10, 11.1).

PowerSchool has no list of all contacts, and asking per student would be a request for each of them. So the
tables are read page by page into a spool on disk, and each page of students picks its contacts from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any

from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.spool import Spool
from yellowbus.connectors.powerschool.tables import Row, Table
from yellowbus.errors import TryLater

Fetched = tuple[Table[Any], list[Row]]


class NoContacts:
    """Where nobody asked for contacts."""

    def of(self, _students: Sequence[str]) -> Mapping[str, bytes]:
        return {}


class TableContacts:
    """The contacts of a district. `load` reads `tables`; `of` gives the contacts of some students."""

    def __init__(self, server: Server, tables: Sequence[Table[Any]]) -> None:
        self._server = server
        self._tables = tables
        self._spool = Spool()

    def load(self) -> None:
        """Read the tables. Raises TryLater where fewer rows came than PowerSchool counts."""
        calls = self._calls(self._counts())
        with closing(self._server.door.ahead(calls)) as pages:
            for table, rows in pages:
                self._spool.put(table, rows)
        self._spool.ready()
        for table, counted in zip(self._tables, self._counts(), strict=True):
            read = self._spool.count(table)
            if read < counted:
                raise TryLater("list-changed", what=table.name, read=read, count=counted)

    def of(self, students: Sequence[str]) -> Mapping[str, bytes]:
        """The contacts of those who have any, as JSON lists by the student's DCID."""
        found = self._spool.contacts([int(student) for student in students if student.isdecimal()])
        return {str(student): contacts for student, contacts in found.items()}

    def close(self) -> None:
        self._spool.close()

    def _counts(self) -> list[int]:
        return list(self._server.door.ahead(partial(self._server.table_count, t.name) for t in self._tables))

    def _calls(self, counts: Sequence[int]) -> Iterator["partial[Fetched]"]:
        """All pages of all tables in one row, so that no table waits for the last page of the one before."""
        size = self._server.metadata.page_size("schema_table_query")
        for table, count in zip(self._tables, counts, strict=True):
            for page in range(1, -(-count // size) + 1):
                yield partial(self._fetch, table, page, size)

    def _fetch(self, table: Table[Any], page: int, size: int) -> Fetched:
        return table, self._server.rows(table, page=page, size=size)
