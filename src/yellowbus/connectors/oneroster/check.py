"""The connection check, told line by line: signed in, each list that is read, and what OneRoster does not carry."""

from collections.abc import Callable, Iterator
from typing import Final

from yellowbus.connectors.base import Check
from yellowbus.connectors.oneroster.provider import Provider
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.protocols.oauth import ClientCredentials

LACKS: Final = (
    "OneRoster does not carry how a guardian is related to the student, who has custody or may pick up, and in which"
    " order to call. Nothing of this is imported."
)


def checks(provider: Provider) -> Iterator[Check]:
    """Each line is sent as soon as it is known. What cannot work after a failure is not tried."""
    steps: tuple[tuple[str, Callable[[], Check], bool], ...] = (
        ("Signed in", lambda: _signed_in(provider), False),
        ("Schools", lambda: _schools(provider), False),
        ("Students", lambda: _students(provider), False),
        ("Demographics", lambda: _readable(provider, "demographics", "Demographics"), False),
        ("Guardians", lambda: _readable(provider, "users", "Guardians"), True),
    )
    for name, step, warning in steps:
        line = _line(name, step, warning=warning)
        yield line
        if not line.ok and not line.warning:
            return
    yield Check("Not in OneRoster", ok=True, says=LACKS)


def _line(name: str, step: Callable[[], Check], *, warning: bool) -> Check:
    try:
        return step()
    except YellowbusError as error:
        return failed(name, error, warning=warning)


def failed(name: str, error: YellowbusError, *, warning: bool = False) -> Check:
    return Check(name, ok=False, says=error.sentence, code=error.code, facts=error.facts, warning=warning)


def _signed_in(provider: Provider) -> Check:
    client = provider.client
    client.some("orgs")
    says = f"The credentials are accepted. {client.host} speaks OneRoster {client.version.name}."
    credentials = client.credentials
    lacking = credentials.missing_scopes if isinstance(credentials, ClientCredentials) else ()
    if lacking:
        names = ", ".join(scope.rpartition("/")[2] for scope in lacking)
        error = NeedsAdmin("scopes-refused", host=client.host, scopes=names)
        return failed("Signed in", error, warning=True)
    return Check("Signed in", ok=True, says=says)


def _schools(provider: Provider) -> Check:
    return Check("Schools", ok=True, says=f"{len(provider.schools)} schools can be read.")


def _students(provider: Provider) -> Check:
    """A provider without students is an answer before the school year, so it only warns."""
    if not provider.client.some("students"):
        return failed(
            "Students", NeedsAdmin("oneroster-no-students", host=provider.client.host), warning=True
        )
    return Check("Students", ok=True, says="Students can be read.")


def _readable(provider: Provider, resource: str, name: str) -> Check:
    provider.client.some(resource)
    return Check(name, ok=True, says=f"{name} can be read.")
