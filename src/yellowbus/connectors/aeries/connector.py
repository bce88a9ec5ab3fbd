"""Aeries: its own API for reading, and its OneRoster service for "has a valid record"."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import cached_property, partial
from typing import Final

from yellowbus.connectors.aeries import changes, check, codes, endpoints, fields, schools, wire
from yellowbus.connectors.aeries.errors import SYSTEM, WHERE_CONSUMER, WHERE_ONEROSTER_RIGHT
from yellowbus.connectors.aeries.record import Shape
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.aeries.students import Students
from yellowbus.connectors.aeries.validity import Child, Records, ValidRecord
from yellowbus.connectors.base import Check, Code, Page, ReadFilter, School, SourceField, text
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.protocols.net import Door, base_url
from yellowbus.protocols.oauth import Account, ClientCredentials
from yellowbus.protocols.oneroster import V1_1, Client, split_root
from yellowbus.records import Record

_CERTIFICATE_LENGTH: Final = 32
_YEAR: Final = re.compile(r"(20\d\d)(?:\s*-\s*(?:20)?\d\d)?")
# What a person may have copied along: the page of the sign-in, or the path of the API.
_AFTER_ROOT: Final = re.compile(r"(/api(/v\d+)?|/[^/]*\.(aspx?|html?))/*$", re.IGNORECASE)


def open(settings: Mapping[str, str], door: Door) -> "Aeries":  # noqa: A001 - the name of the contract
    """`settings` are the credentials of manifest.toml. Raises NeedsAdmin for what cannot be one."""
    root = _AFTER_ROOT.sub("", base_url(settings["aeries_url"]))
    certificate = settings["certificate"].strip()
    if len(certificate) != _CERTIFICATE_LENGTH or not (certificate.isascii() and certificate.isalnum()):
        raise NeedsAdmin("aeries-certificate-form", length=len(certificate))
    server = Server(door, root, certificate=certificate, year=_year(settings.get("database_year", "")))
    return Aeries(server, _oneroster(settings, door), settings.get("student_prefix") or "STU_")


def _year(told: str) -> str:
    """The year a school year begins in, from 2026 or 2026-2027; "" where the box is blank."""
    found = _YEAR.fullmatch(told.strip())
    if told.strip() and not found:
        choices = "a year such as 2026, or nothing"
        raise NeedsAdmin("setting-not-understood", label="Database year", value=told.strip(), choices=choices)
    return found[1] if found else ""


def _oneroster(settings: Mapping[str, str], door: Door) -> Client:
    root, _ = split_root(base_url(settings["oneroster_url"]))
    account = Account(
        settings["consumer_id"].strip(),
        settings["consumer_secret"].strip(),
        f"{SYSTEM} OneRoster",
        WHERE_CONSUMER,
    )
    addresses = [root + path for path in endpoints.TOKEN_PATHS]
    credentials = ClientCredentials(door, account, addresses=addresses, scopes=V1_1.scopes)
    return Client(door, root, version=V1_1, credentials=credentials, right=WHERE_ONEROSTER_RIGHT)


class Aeries:
    """The methods of `connectors.base.Connector`; also `changed` and `valid_record`."""

    def __init__(self, server: Server, oneroster: Client, prefix: str) -> None:
        self._server = server
        self._oneroster = oneroster
        self._prefix = prefix

    def check(self) -> Iterator[Check]:
        return check.checks(self._server, self._oneroster, self._prefix)

    def schools(self) -> list[School]:
        return schools.listed(self._server)

    def fields(self, kind: str) -> list[SourceField]:
        if kind == "schools":
            return list(fields.known("schools"))
        return [*fields.known("students"), *fields.known("contacts")]

    def codes(self) -> Iterator[Code]:
        return codes.all_codes(self._server, self.schools())

    def find(self, key: str, fields: frozenset[str] = frozenset()) -> Record | None:
        """The student with this Student ID. RecordError where two children have it."""
        if not (key.isascii() and key.isdigit()) or not key.strip("0"):  # 0 stands for every student
            return None
        self._server.require_year()
        shape = Shape.of(fields)
        rows = self._records_of(key)
        if not rows:
            return None
        with closing(Students(shape)) as students:
            students.add_students(rows)
            self._add_parts(students, shape, key, rows)
            found = students.everyone()
        if len(found) > 1:
            raise RecordError("id-repeated", column="StudentID")
        return shape.decode(found[0])

    def read(self, kind: str, after: str, wanted: ReadFilter) -> Iterator[Page]:
        """Aeries filters students by nothing (dossier 3), and only all records of a child say which one counts."""
        self._server.require_year()
        if kind == "schools":
            yield from schools.pages(self._server)
            return
        with closing(Students(Shape.of(wanted.fields))) as students:
            students.load(self._server, self._server.codes())
            yield from students.pages(after)

    def changed(self, since: datetime) -> frozenset[str]:
        """The Student IDs of whoever changed since `since`, which must name its time zone. Says nothing of deletions."""
        return changes.changed(self._server, since)

    def valid_record(self, key: str | Child) -> ValidRecord:
        """Whether a child, known by its Student ID or by more than that, has a valid record (dossier 14.6)."""
        return self._records.valid_record(Child(student_id=key) if isinstance(key, str) else key)

    def close(self) -> None:
        pass

    @cached_property
    def _records(self) -> Records:
        return Records(self._server, self._oneroster, self._prefix)

    def _records_of(self, student: str) -> list[bytes]:
        """The records of one student in all schools, each once.

        Sources disagree on whether Aeries regards the school in the address (dossier 12.1), so each school is asked.
        """
        calls = (partial(self._at, school, student) for school in self._server.codes())
        with closing(self._server.door.ahead(calls)) as answers:
            found = [raw for rows in answers for raw in rows]
        own = (raw for raw in found if wire.number(wire.parsed(raw) or {}, "StudentID") == student)
        return list(dict.fromkeys(own))

    def _at(self, school: str, student: str) -> list[bytes]:
        path = endpoints.STUDENT.format(school=school, student=student)
        return self._server.rows_of_one(path, area=endpoints.STUDENT_DATA)

    def _add_parts(self, students: Students, shape: Shape, key: str, rows: list[bytes]) -> None:
        """What is joined to one student, asked of each of its schools."""
        for school in dict.fromkeys(text((wire.parsed(raw) or {}).get("SchoolCode")) or "" for raw in rows):
            one = partial(str.format, school=school, student=key)
            if shape.needs_extended:
                found = self._server.rows_of_one(one(endpoints.EXTENDED_OF), area=endpoints.STUDENT_DATA)
                students.add_extended(found)
            if shape.needs_contacts:
                found = self._server.rows_of_one(one(endpoints.CONTACTS_OF), area=endpoints.CONTACTS_AREA)
                students.add_contacts(found)
            if shape.needs_programs:
                found = self._server.rows_of_one(one(endpoints.PROGRAMS), area=endpoints.STUDENT_PROGRAMS)
                students.add_programs(found)
