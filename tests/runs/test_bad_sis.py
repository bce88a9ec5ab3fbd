"""A SIS that misbehaves, over real HTTP: each trouble has its clear error, and what is not sure is not written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scene import YEAR, Scene, direct, document, steps
from yellowbus.connectors.powerschool.plugin import plugin_xml
from yellowbus.enroll import schools
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import staging
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Change, Run, State
from yellowbus.setup import assignments, connections, mappings
from yellowbus.setup.models import Connection
from yellowbus.simulators.district import District
from yellowbus.simulators.powerschool import Fault, FaultKind, PowerSchool, serve_app
from yellowbus.simulators.powerschool.plugin_xml import Level
from yellowbus.simulators.powerschool.plugins import Plugin

STUDENTS = 250
LIST = "/ws/v1/district/student"
STATUSES = [
    ["A", "active"],
    ["P", "pre-registered"],
    ["I", "inactive"],
    ["T", "transferred"],
    ["G", "graduated"],
    ["H", "historical"],
]
GRADES = [["-2", "PK"], ["-1", "PK"], ["0", "K"], *([str(n), str(n)] for n in range(1, 13))]
RULES = (
    direct("students.student_district_id", "local_id"),
    direct("students.fname", "name.first_name"),
    direct("students.lname", "name.last_name"),
    steps("students.dob", "demographics.birth_date", {"use": "date", "source_formats": ["YYYY-MM-DD"]}),
    steps("students.sis_school_year", None, {"use": "enroll-school-year"}, write_rule="if-blank"),
    steps("students_annual.sis_entrydate", None, {"use": "today"}, write_rule="if-blank"),
    direct("students_annual.school_code", "school_enrollment.school_number"),
    steps(
        "students_annual.sis_enroll_status",
        "school_enrollment.enroll_status",
        {"use": "match-codes", "table": STATUSES},
    )
    | {"type": "match-codes"},
    steps("students_annual.grade", "school_enrollment.grade_level", {"use": "match-codes", "table": GRADES})
    | {"type": "match-codes"},
)
SCHOOL_RULES = (
    direct("schools.school_code", "school_number"),
    direct("schools.name", "name"),
    steps("schools.group", None, {"use": "value-input", "value": "Main"}),
    steps("schools.level", None, {"use": "value-input", "value": "Elementary"}),
    steps("schools.address", None, {"use": "value-input", "value": "1 Elm St"}),
)


@dataclass
class Sis:
    """A simulated SIS with everybody of it imported once, and a second night to come in which somebody changed."""

    scene: Scene
    app: PowerSchool
    plugin: Plugin
    connection: Connection

    def run(self, kind: str = "students", *, resume: Run | None = None) -> Run:
        with self.scene.scope():
            run = resume or order.order(self.scene.actor, self.connection, kind, year=YEAR, yes=True)
            drive.drive(str(run.pk))
            run.refresh_from_db()
        return run

    def strike(self, kind: FaultKind, **how: object) -> None:
        self.app.sis.faults.add(Fault(kind, path=LIST, **how))

    def change(self) -> None:
        self.app.sis.district.students[0].first = "Renamed"
        self.app.sis.district.touched(self.app.sis.district.students[0])

    def error(self, run: Run) -> NeedsAdmin:
        return NeedsAdmin(run.error_code, **run.error_facts)


@pytest.fixture
def sis(db: None, tmp_path: Path) -> Iterator[Sis]:
    scene = Scene(tmp_path)
    app = PowerSchool(District(students=STUDENTS, seed=5, school_year=YEAR))
    plugin = app.sis.plugins.install(plugin_xml(access_level=True).encode())
    app.sis.plugins.enable(plugin)
    running = serve_app(app)
    with scene.scope():
        connection = connections.add(
            scene.actor, scene.instance.pk, name="SIS", system="powerschool",
            credentials={"server_url": running.url, "client_id": plugin.client_id, "client_secret": plugin.client_secret},
        )  # fmt: skip
        found = Sis(scene, app, plugin, connection)
        for kind, rules in (("schools", SCHOOL_RULES), ("students", RULES)):
            mappings.save(scene.actor, connection, document(kind, rules))
        found.run("schools")
        assignments.assign(scene.actor, connection, sorted(schools.codes(scene.instance.pk)))
        assert found.run().read == STUDENTS
    found.change()
    yield found
    running.stop()


def wrong_secret(sis: Sis) -> None:
    with sis.scene.scope():
        connections.rotate(sis.scene.actor, sis.connection, {"client_secret": "not-the-secret"})
    sis.app.sis.tokens.revoke_all()


def revoked_level(sis: Sis) -> None:
    sis.plugin.level = Level.NONE


def web_page(sis: Sis) -> None:
    sis.strike(FaultKind.HTML, times=None)


def cut_json(sis: Sis) -> None:
    sis.strike(FaultKind.CUT_JSON, times=None)


def short_page(sis: Sis) -> None:
    sis.strike(FaultKind.SHORT_PAGE, times=None)


# What happens to the SIS, the code of the error it makes, and what the sentence and the remedy must say.
TROUBLES = {
    "a wrong secret": (
        wrong_secret,
        "credentials-refused",
        "refused the credentials",
        "Data Provider Configuration",
    ),
    "a revoked access level": (
        revoked_level,
        "powerschool-access-level",
        "no access to students",
        "accessLevel|access level",
    ),
    "HTML instead of JSON": (
        web_page,
        "html-not-json",
        "web page where data was expected",
        "portal or a sign-in page",
    ),
    "JSON that breaks off": (cut_json, "reply-not-understood", "127.0.0.1", "address"),
    "a page shorter than announced": (short_page, "page-short", "", ""),
}


@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_that_a_person_must_settle_stops_the_run_and_nothing_is_written(
    sis: Sis, name: str
) -> None:
    make, code, says, remedy = TROUBLES[name]
    before = sis.scene.students()
    make(sis)
    run = sis.run()
    assert (run.state, run.error_code) == (State.FAILED, code)
    error = sis.error(run)
    assert says in error.sentence
    assert any(word in error.remedy for word in remedy.split("|"))
    assert sis.scene.students() == before


def test_a_run_that_was_stopped_goes_on_once_the_trouble_is_settled(sis: Sis) -> None:
    sis.strike(FaultKind.HTML, skip=1, times=None)
    run = sis.run()
    assert run.state == State.FAILED
    sis.app.sis.faults.clear()
    with sis.scene.scope():
        order.resume(sis.scene.actor, run.pk)
    again = sis.run(resume=run)
    assert (again.state, again.read, again.error_code) == (State.DONE, STUDENTS, "")
    assert written(sis, again) == 1


def written(sis: Sis, run: Run) -> int:
    with sis.scene.scope():
        return Change.objects.filter(run=run, outcome="updated").count()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": FaultKind.EXPIRED_TOKEN, "skip": 1},
        {"kind": FaultKind.TOO_MANY, "seconds": 0.1, "times": 2},
        {"kind": FaultKind.TOO_MANY, "times": 2},
        {"kind": FaultKind.DROPPED, "skip": 1},
    ],
    ids=["a token that expires mid-page", "429 with Retry-After", "429 without", "a connection that drops"],
)
def test_a_trouble_that_passes_is_not_seen_in_what_is_imported(sis: Sis, fault: dict[str, object]) -> None:
    sis.strike(**fault)  # type: ignore[arg-type]
    run = sis.run()
    assert (run.state, run.read, run.error_code, written(sis, run)) == (State.DONE, STUDENTS, "", 1)


@pytest.mark.parametrize("kind", [FaultKind.MAINTENANCE, FaultKind.TOO_MANY, FaultKind.SERVER_ERROR])
def test_a_trouble_that_lasts_is_tried_again_later_from_the_last_page(sis: Sis, kind: FaultKind) -> None:
    before = sis.scene.students()
    sis.strike(kind, skip=1, times=None, seconds=600)
    run = sis.run()
    assert (run.state, run.claim) == (State.READING, None)
    assert run.try_after is not None
    assert run.error_code != ""
    assert sis.scene.students() == before
    sis.app.sis.faults.clear()
    with sis.scene.scope():
        Run.objects.filter(pk=run.pk).update(try_after=None)
    again = sis.run(resume=run)
    assert (again.state, again.read, again.error_code, written(sis, again)) == (State.DONE, STUDENTS, "", 1)


def failures(sis: Sis, run: Run) -> list[tuple[str, str]]:
    """Who failed and why, but for the graduates, whose school the SIS does not list."""
    with sis.scene.scope():
        rows = (
            Change.objects.filter(run=run, outcome="failed").exclude(reason="school-unknown").order_by("seq")
        )
        return list(rows.values_list("key", "reason"))


def test_a_student_without_an_id_fails_alone(sis: Sis) -> None:
    student = sis.app.sis.district.students[5]
    student.number = ""
    sis.app.sis.district.touched(student)
    run = sis.run()
    assert (run.state, run.read, failures(sis, run)) == (State.DONE, STUDENTS, [("", "required-blank")])
    assert written(sis, run) == 1


def test_two_students_with_one_number_both_fail(sis: Sis) -> None:
    before = sis.scene.students()
    one, other = sis.app.sis.district.students[1:3]
    number, gone = one.number, other.number
    other.number = number
    sis.app.sis.district.touched(other)
    run = sis.run()
    # The first of them is as Enroll has it, so it has no row of its own, and still counts as failed.
    assert failures(sis, run) == [(number, "repeated-differing")]
    assert sum(staging.reasons(run.pk)["repeated-differing"].values()) == 2
    after = sis.scene.students()
    assert (after[number], after[gone]) == (before[number], before[gone])


def test_a_private_address_is_refused_unless_the_operator_allows_it(
    sis: Sis, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    with sis.scene.scope():
        connections.rotate(sis.scene.actor, sis.connection, {"server_url": "https://127.0.0.1:1"})
    monkeypatch.setattr(settings, "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES", False)
    run = sis.run()
    assert (run.state, run.error_code, run.error_facts) == (
        State.FAILED,
        "address-refused",
        {"host": "127.0.0.1"},
    )
    assert "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES=1" in sis.error(run).remedy
    monkeypatch.setattr(settings, "YELLOWBUS_ALLOW_PRIVATE_ADDRESSES", True)
    assert sis.run().error_code == "unreachable"


def test_a_list_that_repeats_records_still_adds_up(sis: Sis) -> None:
    sis.run()
    sis.strike(FaultKind.REPEATED)
    run = sis.run()
    assert (run.state, run.error_code) == (State.DONE, "")
    assert sum(sum(tally.values()) for tally in run.counts.values()) == run.read
