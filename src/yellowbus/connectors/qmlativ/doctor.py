"""The connection check, and what would have to change for a read to pass (qmlativ dossier 11, “Doctor”)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from yellowbus.connectors.base import Check
from yellowbus.connectors.qmlativ import layers, probing
from yellowbus.connectors.qmlativ.context import Context, context_of, district_of
from yellowbus.connectors.qmlativ.errors import body_of
from yellowbus.connectors.qmlativ.expiry import ending
from yellowbus.connectors.qmlativ.profile import Data, Table, merged, patched
from yellowbus.connectors.qmlativ.server import Question, Server
from yellowbus.errors import NeedsAdmin, YellowbusError

# A school year that was cloned has rows in each of these (dossier 8.1).
_YEAR_TABLES: Final = {
    "school": "schools",
    "calendar": "calendars",
    "grade_reference": "grade references",
    "entry_code": "entry codes",
}
_STYLES: Final = {
    "basic_post": "Basic header, POST",
    "body_post": "key and secret in the form, POST",
    "basic_get": "Basic header, GET",
}
_SUGGESTED: Final = "The suggested override file works around this: {what}."


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Every line of the check, and the override file that was found to help ("" where none is needed)."""

    checks: tuple[Check, ...]
    override: str

    def report(self) -> str:
        """The lines in plain words, for a page or a terminal."""
        return "\n".join(f"{_sign(line)} {line.name}: {line.says}" for line in self.checks)


@dataclass
class _Patient:
    """One instance under examination; `patch` grows as ways around its differences are found."""

    server: Server
    entity: str
    year: int
    patch: Data = field(default_factory=dict)
    context: Context | None = None

    def take(self, patch: Data) -> None:
        if patch:
            self.patch = merged(self.patch, patch)
            self.server = self.server.with_profile(patched(self.server.profile, patch))


def checks(server: Server, entity: str, year: int, *, expires: str) -> Iterator[Check]:
    """Each line is sent as soon as it is known. What cannot work after a failure is not tried."""
    yield from _examined(_Patient(server, entity, year), expires)


def diagnose(server: Server, entity: str, year: int, *, expires: str) -> Diagnosis:
    patient = _Patient(server, entity, year)
    told = tuple(_examined(patient, expires))
    return Diagnosis(told, suggested(patient.patch))


def suggested(patch: Data) -> str:
    """A patch as an override file; "" for none."""
    if not patch:
        return ""
    return "# Suggested by the connection check. Upload it as the connection's profile.\n\n" + layers.toml(
        patch
    )


def _examined(patient: _Patient, expires: str) -> Iterator[Check]:
    steps: tuple[tuple[str, Callable[[], Check | None]], ...] = (
        ("Expiration Date", lambda: _expiry(expires)),
        ("Signed in", lambda: _token(patient)),
        ("API", lambda: _api(patient)),
        ("Lists", lambda: _lists(patient)),
        ("School year", lambda: _year(patient)),
    )
    for name, step in steps:
        try:
            line = step()
        except YellowbusError as error:
            line = failed(name, error)
        if line is not None:
            yield line
        if line is not None and not line.ok and not line.warning:
            return
    yield from _objects(patient)
    yield from _year_set_up(patient)


def failed(name: str, error: YellowbusError, *, warning: bool = False, more: str = "") -> Check:
    says = f"{error.sentence} {more}".strip()
    return Check(name, ok=False, says=says, code=error.code, facts=error.facts, warning=warning)


def _expiry(expires: str) -> Check | None:
    found = ending(expires, date.today())  # noqa: DTZ011 - the day of the machine, as people see it
    if found is None:
        return None
    if found.days < 0:
        error = NeedsAdmin("qmlativ-access-ended", day=found.day)
    else:
        error = NeedsAdmin("qmlativ-access-ends", day=found.day, days=found.days)
    # An access that has ended may have been prolonged without a word to us, so the other lines are still tried.
    return failed("Expiration Date", error, warning=True)


def _token(patient: _Patient) -> Check:
    token = patient.server.token
    token.current()
    told = [(style, _takes(patient.server, style)) for style in token.rules.styles]
    works = [style for style, ok in told if ok]
    if works[0] != token.rules.styles[0]:
        patient.take({"token": {"styles": works}})
    says = "; ".join(f"{_STYLES[style]}: {'accepted' if ok else 'refused'}" for style, ok in told)
    return Check("Signed in", ok=True, says=f"The credentials are accepted. Token request by {says}.")


def _takes(server: Server, style: str) -> bool:
    if style == server.token.style:
        return True
    reply = server.token.ask(style)
    return reply.status < 300 and "access_token" in body_of(reply)


def _api(patient: _Patient) -> Check:
    server = patient.server
    district = district_of(server, patient.entity)
    if server.root != server.profile.paths.roots[0]:
        patient.take({"paths": {"roots": [server.root]}})
    return Check(
        "API", ok=True, says=f"{server.host} answers under /{server.root} for {district.get('Name')}."
    )


def _lists(patient: _Patient) -> Check:
    district = district_of(patient.server, patient.entity)
    named = {"@entity": patient.entity, "@district": str(district.get("DistrictID") or "")}
    patch = probing.way_of_asking(patient.server, patient.entity, named)
    patient.take(patch)
    smaller = probing.page_size(patient.server, patient.entity, named)
    patient.take(smaller)
    patch = merged(patch, smaller)
    if not patch:
        return Check("Lists", ok=True, says="Lists are given as the profile asks for them.")
    return _differs("Lists", patch)


def _year(patient: _Patient) -> Check:
    patient.take(_numbering(patient.server, patient.entity))
    patient.context = context_of(patient.server, patient.entity, patient.year)
    return Check("School year", ok=True, says=f"{patient.context.years} is known.")


def _numbering(server: Server, entity: str) -> Data:
    """Whether NumericYear is the year in which a school year ends or begins: its Description says both."""
    current = district_of(server, entity).get("SchoolYearCurrent")
    told: Mapping[str, object] = current if isinstance(current, dict) else {}
    numeric, words = str(told.get("NumericYear")), str(told.get("Description"))
    meant = "starting" if words.startswith(numeric) else "ending"
    known = server.profile.data["years"]["numeric"]
    return {"years": {"numeric": meant}} if numeric in words and meant != known else {}


def _objects(patient: _Patient) -> Iterator[Check]:
    """Each object of the read plan: its catalogue, then one row with all its fields."""
    context = patient.context
    assert context is not None
    for name in list(patient.server.profile.tables):
        table = patient.server.profile.tables[name]
        try:
            found = probing.examine(patient.server, context, name)
        except YellowbusError as error:
            yield failed(table.path, error)
            continue
        patient.take(found.patch)
        yield _object(table, found)


def _object(table: Table, found: probing.Examined) -> Check:
    if found.error is None:
        rows = "a row with all its fields was read" if found.rows else "it may be read and holds nothing"
        return Check(table.path, ok=True, says=f"{rows[0].upper()}{rows[1:]}.")
    if not found.helped:
        return failed(table.path, found.error)
    more = _SUGGESTED.format(what=_in_words(found.patch["objects"][table.name]))
    return failed(table.path, found.error, warning=True, more=more)


def _in_words(patch: Data) -> str:
    if patch.get("use") is False:
        return "the object is not read"
    fields = patch.get("fields", {})
    off = [name for name, told in fields.items() if isinstance(told, str)]
    told = [f"{', '.join(off)} is not read"] if off else []
    told += [f"{name} is read as {how['as']}" for name, how in fields.items() if not isinstance(how, str)]
    told += [f"{name} is sent as {value}" for name, value in patch.get("parameters", {}).items()]
    return "; ".join(told)


def _differs(name: str, patch: Data) -> Check:
    changed = "; ".join(
        f"{part}.{key} = {value}" for part, inner in patch.items() for key, value in inner.items()
    )
    error = NeedsAdmin("qmlativ-differs", changed=changed)
    return failed(name, error, warning=True)


def _year_set_up(patient: _Patient) -> Iterator[Check]:
    context, server = patient.context, patient.server
    assert context is not None
    lacking = []
    for name, words in _YEAR_TABLES.items():
        table = server.profile.tables.get(name)
        if table is not None and not _has_rows(server, context, table):
            lacking.append(words)
    if lacking:
        error = NeedsAdmin("qmlativ-year-not-set-up", year=context.years, lacking=", ".join(lacking))
        yield failed("Year set up", error, warning="schools" not in lacking)
    else:
        yield Check("Year set up", ok=True, says=f"{context.years} has {', '.join(_YEAR_TABLES.values())}.")


def _has_rows(server: Server, context: Context, table: Table) -> bool:
    columns = tuple(dict.fromkeys((table.key, *table.only)))
    try:
        return any(server.pages(Question(table, columns, context.entity, context.named, size=1)))
    except YellowbusError:
        return True  # that it cannot be read was said above


def _sign(line: Check) -> str:
    if line.ok:
        return "ok     "
    return "warning" if line.warning else "failed "
