"""Finding a child among the students that PowerSchool has, whatever their status (powerschool dossier 6, 7, 12.3).

v1 cannot be searched by birth date. The table of students can, where the plugin was granted that; without the right,
those of the same first or last name are read and compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import Final

import msgspec

from yellowbus.connectors.powerschool import endpoints, targets, wire
from yellowbus.connectors.powerschool.errors import judged
from yellowbus.connectors.powerschool.fields import extension_tables
from yellowbus.connectors.powerschool.places import day_of
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.tables import STUDENTS
from yellowbus.connectors.writing import Held, Sought, Standing
from yellowbus.errors import NeedsAdmin, NotUnderstood

_NAMES: Final = ("students", "student")
_MOST_PAGES: Final = 25  # of one name; beyond, a child is told apart by its birth date or its number
_STANDINGS: Final = {letter: Standing(word) for word, letter in endpoints.STATUS_LETTERS.items()}
_CODES: Final = {"0": "A", "-1": "P", "2": "T", "3": "G", "4": "H"}
_NO_TABLE: Final = frozenset(
    {"powerschool-grants", "powerschool-refused"}
)  # no right to it, or no such table
# What means something in a query (dossier 7).
_ODD: Final = frozenset(";,()*<>=!'\"\\")

Found = dict[str, Held]


class Lookout:
    """Looks for children on one server. What to ask of v1 is found out once."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._asked: Mapping[str, str] = {}

    def look(self, sought: Sought) -> list[Held]:
        """By DCID, else by student number, else by name and birth date. An id that is found answers alone."""
        known = self._by_remote(sought.remote) or self._by_key(sought.key)
        return known or list(self._by_name(sought).values())

    def _by_remote(self, remote: str) -> list[Held]:
        if not wire.is_id(remote):
            return []
        reply = self._server.get(endpoints.STUDENT.format(student=remote), self._params())
        if reply.status == 404:
            return []
        try:
            answer = wire.value_of(judged(reply).body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise reply.not_understood("a student") from None
        found = [held(student) for student in wire.blocks(answer, "student")]
        if [each.remote for each in found] != [remote]:
            raise reply.not_understood("the student that was asked for")
        return found

    def _by_key(self, key: str) -> list[Held]:
        if not wire.is_id(key):
            return []
        listed = list(self._listed(f"local_id=={key}", pages=1))
        same = [each for each in listed if each.key == key]
        # The number is a whole one (dossier 9.3), so a server may have dropped the zeros before it.
        return same or [each for each in listed if wire.is_id(each.key) and int(each.key) == int(key)]

    def _by_name(self, sought: Sought) -> Found:
        """Namesakes (swapped ones too), those born on the day, and the first page of the last name."""
        first, last = spelt(sought.first_name), spelt(sought.last_name)
        found: Found = {}
        if first and last:
            _add(found, self._listed(f"name.last_name=={last};name.first_name=={first}"))
            _add(found, self._listed(f"name.last_name=={first};name.first_name=={last}"))
        if sought.birth_date:
            _add(found, self._born(sought.birth_date, found, names=(first, last)))
        if last and not last.endswith("*"):
            _add(found, self._listed(f"name.last_name=={last}", pages=1))
        return found

    def _born(self, day: date, known: Found, names: tuple[str, str]) -> list[Held]:
        try:
            born = self._born_on(day)
        except (NeedsAdmin, NotUnderstood) as error:
            if error.code not in _NO_TABLE:
                raise
            return self._born_of_name(day, *names)
        calls = [partial(self._by_remote, remote) for remote in born if remote not in known]
        return [each for found in self._server.door.ahead(calls) for each in found]

    def _born_on(self, day: date) -> list[str]:
        """The DCIDs of those born on one day, by the table of students."""
        size = self._server.metadata.page_size("schema_table_query")
        found: list[str] = []
        for page in range(1, _MOST_PAGES + 1):
            rows = self._server.rows(STUDENTS, page=page, size=size, q=f"dob=={day.isoformat()}")
            found += [str(row.dcid) for row in rows]
            if len(rows) < size:
                break
        return found

    def _born_of_name(self, day: date, first: str, last: str) -> list[Held]:
        asked = {f"name.first_name=={first}": first, f"name.last_name=={last}": last}
        read = (each for q, name in asked.items() if name for each in self._listed(q))
        return [each for each in read if each.birth_date == day]

    def _listed(self, q: str, pages: int = _MOST_PAGES) -> Iterator[Held]:
        size = self._server.metadata.page_size("student")
        for page in range(1, pages + 1):
            asked = {"q": q, "page": str(page), "pagesize": str(size), **self._params()}
            raw = self._server.items(endpoints.STUDENTS, _NAMES, asked)
            yield from (held(wire.block(wire.value_of(each))) for each in raw)
            if len(raw) < size:
                return

    def _params(self) -> Mapping[str, str]:
        """Every block that a target is in, and every extension table."""
        if not self._asked:
            heads = {name.partition(".")[0] for name in targets.students()} | {"school_enrollment"}
            blocks = [block for block in endpoints.STUDENT_EXPANSIONS if block in heads]
            tables = ",".join(extension_tables(self._server))
            self._asked = {"expansions": ",".join(blocks)} | ({"extensions": tables} if tables else {})
        return self._asked


def held(student: wire.Json) -> Held:
    """A student of v1 with its values by target; one that is not held is None."""
    told = wire.flat(student)
    extensions = {name: value for name, value in told.items() if name.startswith(targets.EXTENSION)}
    return Held(
        remote=told.get("id") or "",
        key=told.get("local_id") or "",
        standing=_standing(told.get("school_enrollment.enroll_status"), told),
        school=told.get("school_enrollment.school_number") or "",
        values={name: told.get(name) for name in targets.students()} | extensions,
        first_name=told.get("name.first_name") or "",
        last_name=told.get("name.last_name") or "",
        birth_date=day_of(told.get("demographics.birth_date")),
    )


def _standing(letter: str | None, told: Mapping[str, str | None]) -> Standing:
    """By the letter, else by the number; any that is none of the five is inactive (dossier 13.2)."""
    by_code = _CODES.get(told.get("school_enrollment.enroll_status_code") or "", "I")
    return _STANDINGS.get((letter or by_code).upper(), Standing.INACTIVE)


def spelt(name: str) -> str:
    """A name as a query may hold it: up to the first character that means something there, then anything.

    >>> spelt(" Moss "), spelt("O'Hara"), spelt("Li (Anna)"), spelt("*")
    ('Moss', 'O*', 'Li *', '')
    """
    name = name.strip()
    odd = next((place for place, letter in enumerate(name) if letter in _ODD), len(name))
    plain = name[:odd]
    return plain if odd == len(name) else f"{plain}*" if plain else ""


def _add(found: Found, more: Iterable[Held]) -> None:
    for each in more:
        found.setdefault(each.remote, each)
