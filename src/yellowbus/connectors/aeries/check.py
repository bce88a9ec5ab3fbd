"""The connection check, told line by line: the standard API and its permissions, then the OneRoster API."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from yellowbus.connectors.aeries import endpoints, schools, wire
from yellowbus.connectors.aeries.server import Server
from yellowbus.connectors.base import Check
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.protocols.oauth import ClientCredentials
from yellowbus.protocols.oneroster import Client, reading

WRITING: Final = (
    "Whether the certificate may also insert and update students and contacts only the first Send Record shows: Aeries"
    " says nothing of these rights to a reader, and leaves out single fields without a word."
)
_NOBODY: Final = "1"  # an id that leads to an empty answer where there is no student to ask about

Step = tuple[str, Callable[[], Check], bool]


def checks(server: Server, client: Client, prefix: str) -> Iterator[Check]:
    """Each line is sent as soon as it is known. A failure ends its own API and leaves the other to be tested."""
    sample = _Sample(server)
    yield from _told(
        (
            ("Reached", partial(_reached, server), False),
            ("Certificate", partial(_certificate, server), False),
            (endpoints.STUDENT_DATA, sample.find, False),
            (endpoints.CONTACTS_AREA, partial(_contacts, server, sample), False),
            (endpoints.STUDENT_PROGRAMS, partial(_programs, server, sample), True),
            ("Insert and Update", lambda: Check("Insert and Update", ok=True, says=WRITING), False),
        )
    )
    yield from _told(
        (
            ("OneRoster signed in", partial(_signed_in, client), False),
            ("OneRoster students", partial(_oneroster_students, client, prefix), False),
            ("OneRoster demographics", partial(_demographics, client), False),
        )
    )


def _told(steps: tuple[Step, ...]) -> Iterator[Check]:
    for name, step, warning in steps:
        line = _line(name, step, warning=warning)
        yield line
        # A right that lacks says nothing of the next one, so that all that lack are named at once.
        if not (line.ok or line.warning or line.code == "aeries-right"):
            return


def _line(name: str, step: Callable[[], Check], *, warning: bool) -> Check:
    try:
        return step()
    except YellowbusError as error:
        return failed(name, error, warning=warning)


def failed(name: str, error: YellowbusError, *, warning: bool = False) -> Check:
    return Check(name, ok=False, says=error.sentence, code=error.code, facts=error.facts, warning=warning)


def _reached(server: Server) -> Check:
    info = server.require_year()
    return Check(
        "Reached", ok=True, says=f"{server.host} answers: Aeries {info.version}, database year {info.year}."
    )


def _certificate(server: Server) -> Check:
    found = schools.listed(server)
    if not found:
        raise NeedsAdmin("aeries-no-schools")
    return Check(
        "Certificate", ok=True, says=f"The certificate is accepted. {len(found)} schools can be read."
    )


class _Sample:
    """One student, whose contacts and programs prove the other rights."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.school = endpoints.DISTRICT
        self.student = _NOBODY

    def find(self) -> Check:
        """Students are asked of one school after the other until one has any: a row of each at most."""
        for school in self._server.codes():
            self.school = school
            path = endpoints.STUDENTS.format(school=school)
            asked = {"StartingRecord": "1", "EndingRecord": "1"}
            for raw in self._server.rows(path, area=endpoints.STUDENT_DATA, params=asked)[:1]:
                self.student = wire.number(wire.parsed(raw) or {}, "StudentID") or _NOBODY
                return _readable(endpoints.STUDENT_DATA)
        says = "The certificate may read students, and there are none."
        return Check(endpoints.STUDENT_DATA, ok=True, says=says)


def _readable(area: str) -> Check:
    return Check(area, ok=True, says=f"The certificate may read {area}.")


def _contacts(server: Server, sample: _Sample) -> Check:
    path = endpoints.CONTACTS_OF.format(school=sample.school, student=sample.student)
    server.rows_of_one(path, area=endpoints.CONTACTS_AREA)
    return _readable(endpoints.CONTACTS_AREA)


def _programs(server: Server, sample: _Sample) -> Check:
    path = endpoints.PROGRAMS.format(school=sample.school, student=sample.student)
    server.rows_of_one(path, area=endpoints.STUDENT_PROGRAMS)
    return _readable(endpoints.STUDENT_PROGRAMS)


def _signed_in(client: Client) -> Check:
    credentials = client.credentials
    assert isinstance(credentials, ClientCredentials)
    credentials.bearer()
    lacking = credentials.missing_scopes
    if lacking:
        names = ", ".join(scope.rpartition("/")[2] for scope in lacking)
        error = NeedsAdmin("scopes-refused", host=client.host, scopes=names)
        return failed("OneRoster signed in", error, warning=True)
    says = f"{client.host} accepts the Consumer ID and the Consumer Secret."
    return Check("OneRoster signed in", ok=True, says=says)


def _oneroster_students(client: Client, prefix: str) -> Check:
    """A sample proves the right and how the district makes its ids (dossier 14.4)."""
    found = client.some("students")
    name = "OneRoster students"
    if not found:
        return failed(name, NeedsAdmin("oneroster-no-students", host=client.host), warning=True)
    sourced_id = reading.word((reading.parsed(found[0]) or {}).get("sourcedId")) or ""
    if not (sourced_id.startswith(prefix) and sourced_id.removeprefix(prefix).isdigit()):
        return failed(name, NeedsAdmin("aeries-sourced-id", prefix=prefix), warning=True)
    return Check(name, ok=True, says="Students can be looked up through OneRoster.")


def _demographics(client: Client) -> Check:
    client.some("demographics")
    return Check("OneRoster demographics", ok=True, says="Birth dates can be read through OneRoster.")
