"""Reading every student, page by page (powerschool dossier 6, 7, 12.3 and 16.27)."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

import msgspec

from yellowbus.connectors.base import Page, text
from yellowbus.connectors.powerschool import endpoints, wire
from yellowbus.connectors.powerschool.errors import SYSTEM
from yellowbus.connectors.powerschool.server import Server
from yellowbus.errors import NotUnderstood, RecordError
from yellowbus.records import Record, Value

_SWEEPS: Final = 2
_BLOCK: Final = 512  # ids remembered in one number
NOBODY: Final = b"[]"


class Contacts(Protocol):
    """The contacts of students that have any, as JSON lists by the students' DCID."""

    def of(self, students: Sequence[str]) -> Mapping[str, bytes]: ...


class _Key(msgspec.Struct):
    id: int | str | None = None


class _Joined(msgspec.Struct):
    student: object = None
    contacts: list[dict[str, str]] = []


_KEY: Final = msgspec.json.Decoder(_Key)
_JOINED: Final = msgspec.json.Decoder(_Joined, float_hook=str)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a read goes on: the next page of `size`, after `read` students, in the first or second sweep."""

    sweep: int = 1
    page: int = 1
    size: int = 0
    read: int = 0

    def __str__(self) -> str:
        return f"{self.sweep}-{self.page}-{self.size}-{self.read}"

    @classmethod
    def parse(cls, bookmark: str) -> "Place":
        return cls(*(int(part) for part in bookmark.split("-"))) if bookmark else cls()

    def resized(self, size: int) -> "Place":
        """The same place where pages have another size now: rather a student twice than not at all."""
        done, again = divmod((self.page - 1) * self.size, size)
        return Place(self.sweep, done + 1, size, max(0, self.read - again))


@dataclass(frozen=True, slots=True)
class Reading:
    """What to ask of v1 for some fields, and how to make records of the answer."""

    params: Mapping[str, str]
    blank: Mapping[str, Value]
    blank_contact: Mapping[str, Value]
    names: tuple[str, str] = ("students", "student")

    @classmethod
    def of(cls, fields: frozenset[str], contact_names: frozenset[str]) -> "Reading":
        """A block is sent only when asked for, and slow over many students (dossier 15): ask for no more."""
        own = fields - contact_names
        heads = {name.partition(".")[0] for name in own}
        blocks = [block for block in endpoints.STUDENT_EXPANSIONS if block in heads]
        tables = sorted({name.split(".")[1] for name in own if name.startswith("_extension.")})
        asked = {"expansions": ",".join(blocks), "extensions": ",".join(tables)}
        params = {name: value for name, value in asked.items() if value}
        return cls(params, dict.fromkeys(sorted(own)), dict.fromkeys(sorted(fields & contact_names)))

    @property
    def contact_fields(self) -> frozenset[str]:
        return frozenset(self.blank_contact)

    def decode(self, raw: bytes) -> Record:
        """Raises RecordError for what is no student; nothing of it is told, since all of it is personal."""
        try:
            parts = _JOINED.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise RecordError("record-unreadable", system=SYSTEM) from None
        values = wire.flat(parts.student)
        if "id" not in values:
            raise RecordError("record-without-id", system=SYSTEM)
        return Record({**self.blank, **values}, [{**self.blank_contact, **one} for one in parts.contacts])


class Seen:
    """Ids that came before. A bit each: a set of a whole district would be the largest thing in memory."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._others: set[str] = set()

    def add(self, key: str) -> bool:
        """Is it new?"""
        if not key.isdecimal():
            new = key not in self._others
            self._others.add(key)
            return new
        place, bit = divmod(int(key), _BLOCK)
        held = self._blocks.get(place, 0)
        self._blocks[place] = held | 1 << bit
        return not held >> bit & 1


class StudentReader:
    """Reads the students of some statuses (all where none is named) and joins their contacts."""

    def __init__(self, server: Server, plan: Reading, statuses: frozenset[str], contacts: Contacts) -> None:
        self._server = server
        self._plan = plan
        self._contacts = contacts
        self._filter = status_filter(statuses)
        self._seen = Seen()
        self._read = 0

    def pages(self, after: str) -> Iterator[Page]:
        """Every student once, then an empty last page when as many were read as PowerSchool counts.

        Students come and go while the pages are read and so move from page to page. One seen twice is left
        out; if some may not have been seen, everything is read a second time and only those are handed on.
        """
        place = Place.parse(after).resized(self._server.metadata.page_size("student"))
        self._read = place.read
        now = 0
        for sweep in range(place.sweep, _SWEEPS + 1):
            first = place.page if sweep == place.sweep else 1
            most, now = yield from self._sweep(Place(sweep, first, place.size))
            # One who leaves moves the next one to a page already read, and the count alone does not show it.
            if self._read >= (now if sweep == _SWEEPS else most):
                end = Place(sweep, -(-now // place.size) + 1, place.size, self._read)
                yield Page((), self._plan.decode, str(end), last=True, total=now)
                return
        raise NotUnderstood("count-mismatch", host=_host(self._server), read=self._read, count=now)

    def _sweep(self, place: Place) -> Generator[Page, None, tuple[int, int]]:
        """The pages from `place` on and those added meanwhile; returns the highest and the last count."""
        first, total = place.page, self._count()
        while True:
            last = -(-total // place.size)
            yield from self._numbered(range(first, last + 1), place, total)
            grown = self._count()
            if self._read >= grown or grown <= total:
                return max(total, grown), grown
            first, total = max(1, last), grown

    def _numbered(self, numbers: range, place: Place, total: int) -> Iterator[Page]:
        calls = (partial(self._fetch, number, place.size) for number in numbers)
        with closing(self._server.door.ahead(calls)) as pages:
            for number, items in zip(numbers, pages, strict=True):
                self._judge_size(number, len(items), size=place.size, last=numbers[-1])
                yield self._page(items, Place(place.sweep, number + 1, place.size), total)

    def _count(self) -> int:
        return self._server.count(endpoints.STUDENT_COUNT, self._filter)

    def _fetch(self, number: int, size: int) -> list[bytes]:
        page = {"page": str(number), "pagesize": str(size)}
        return self._server.items(
            endpoints.STUDENTS, self._plan.names, page | dict(self._plan.params) | self._filter
        )

    def _judge_size(self, number: int, got: int, *, size: int, last: int) -> None:
        """A page that is not full is the last one by now, or PowerSchool has left something out."""
        if got < size and number < last and number < -(-self._count() // size):
            raise NotUnderstood("page-short", host=_host(self._server), page=number, got=got, size=size)

    def _page(self, items: list[bytes], place: Place, total: int) -> Page:
        new = [
            (key, item)
            for key, item in ((_key_of(item), item) for item in items)
            if not key or self._seen.add(key)
        ]
        self._read += len(new)
        contacts = self._contacts.of([key for key, _ in new if key])
        records = [joined(item, contacts.get(key, NOBODY)) for key, item in new]
        bookmark = str(Place(place.sweep, place.page, place.size, self._read))
        return Page(records, self._plan.decode, bookmark, last=False, total=total)


def status_filter(statuses: frozenset[str]) -> dict[str, str]:
    letters = sorted(endpoints.STATUS_LETTERS[status] for status in statuses)
    if not letters:
        return {}
    value = letters[0] if len(letters) == 1 else f"({','.join(letters)})"
    return {"q": f"school_enrollment.enroll_status=={value}"}


def joined(student: bytes, contacts: bytes) -> bytes:
    """One record: the student as sent, and the contacts in a form that is the same for the same contacts."""
    return b'{"student":' + student + b',"contacts":' + contacts + b"}"


def _key_of(item: bytes) -> str:
    try:
        return text(_KEY.decode(item).id) or ""
    except msgspec.MsgspecError:
        return ""


def _host(server: Server) -> str:
    return server.root.partition("://")[2]
