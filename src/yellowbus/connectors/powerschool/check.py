"""The connection check, told line by line: what can be read, and what can be known of writing before the first write."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from yellowbus.connectors.base import Check, text
from yellowbus.connectors.powerschool import endpoints, schools
from yellowbus.connectors.powerschool.errors import judged, missing_columns
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.tables import STUDENTS, TABLES, Table
from yellowbus.errors import NeedsAdmin, YellowbusError

_NAMED: Final = 10


def checks(server: Server, year: int) -> Iterator[Check]:
    """Each line is sent as soon as it is known. What cannot work after a failure is not tried."""
    steps: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("Reached", lambda: _reached(server)),
        ("Signed in", lambda: _signed_in(server)),
        ("Rights", lambda: _rights(server)),
        ("Contacts", lambda: _contacts(server)),
        ("Schools", lambda: _schools(server)),
        ("Years & Terms", lambda: _terms(server, year)),
        ("Years & Terms, next year", lambda: _next_terms(server, year + 1)),
        ("Birth dates", lambda: _birth_dates(server)),
        ("Writing", _writing),
    )
    for name, step in steps:
        line = _line(name, step)
        yield line
        if not line.ok and not line.warning:
            return


def _line(name: str, step: Callable[[], Check]) -> Check:
    try:
        return step()
    except YellowbusError as error:
        return failed(name, error)


def failed(name: str, error: YellowbusError, *, warning: bool = False) -> Check:
    return Check(name, ok=False, says=error.sentence, code=error.code, facts=error.facts, warning=warning)


def _reached(server: Server) -> Check:
    """The server's time needs no rights (dossier 6). An old server may lack it, which is an answer too."""
    reply = server.unsigned(endpoints.TIME)
    if reply.status < 400 and reply.is_html:
        judged(reply)
        raise reply.not_understood("the time")
    if reply.redirects_to:
        judged(reply)
    return Check("Reached", ok=True, says=f"{reply.host} answers.")


def _signed_in(server: Server) -> Check:
    """Metadata is open to every plugin (dossier 6), so this proves the credentials and nothing else."""
    version = server.metadata.version
    return Check(
        "Signed in", ok=True, says=f"The credentials are accepted. PowerSchool {version}".rstrip() + "."
    )


def _rights(server: Server) -> Check:
    server.count(endpoints.SCHOOL_COUNT)
    return Check("Rights", ok=True, says="The plugin may read students and schools.")


def _writing() -> Check:
    """Nothing tells the access level but a write (dossier 1.1), and a check writes nothing."""
    says = (
        "Nothing was written. Whether the plugin may create and update students and contacts, only the first"
        " Send Record shows."
    )
    return Check("Writing", ok=True, says=says)


def _birth_dates(server: Server) -> Check:
    missing = _not_granted(server, STUDENTS)
    if missing:
        error = NeedsAdmin("powerschool-grants", missing=", ".join(missing))
        return failed("Birth dates", error, warning=True)
    says = "A child is looked for by birth date before it is sent, whatever the spelling of its name."
    return Check("Birth dates", ok=True, says=says)


def _contacts(server: Server) -> Check:
    """A row of each table with every column wanted; PowerSchool names the ones not granted (dossier 11.3)."""
    missing = [column for table in TABLES for column in _not_granted(server, table)]
    if missing:
        error = NeedsAdmin("powerschool-grants", missing=", ".join(missing))
        return failed("Contacts", error, warning=True)
    return Check("Contacts", ok=True, says="The plugin may read contacts, phones, e-mail and addresses.")


def _not_granted(server: Server, table: Table[Any]) -> list[str]:
    asked = {"projection": ",".join(table.columns), "page": "1", "pagesize": "1"}
    reply = server.get(endpoints.TABLE.format(table=table.name), asked)
    if reply.status == 403:
        return missing_columns(reply) or [table.name]
    if reply.status in {400, 404, 405}:
        return [table.name]
    judged(reply)
    return []


def _schools(server: Server) -> Check:
    counted, read = server.count(endpoints.SCHOOL_COUNT), len(server.schools())
    if not read:
        raise NeedsAdmin("powerschool-no-schools")
    return Check("Schools", ok=True, says=f"{read} of {counted} schools can be read.")


def _terms(server: Server, year: int) -> Check:
    return _set_up(server, year, ("Years & Terms", "powerschool-terms-missing"))


def _next_terms(server: Server, year: int) -> Check:
    """School years are per school, so one may have the next set up while another has not (dossier 13.4)."""
    return _set_up(server, year, ("Years & Terms, next year", "powerschool-next-terms"))


def _set_up(server: Server, year: int, line: tuple[str, str]) -> Check:
    name, code = line
    found = list(schools.with_terms(server, year))
    lacking = [text(school.school.get("name")) or "" for school in found if not school.terms]
    told = f"{year}-{year + 1}"
    if lacking:
        facts = {"lacking": len(lacking), "all": len(found), "year": told, "schools": _some(lacking)}
        return failed(name, NeedsAdmin(code, **facts), warning=True)
    return Check(name, ok=True, says=f"All {len(found)} schools have {told} set up.")


def _some(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
