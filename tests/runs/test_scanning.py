"""Which codes the SIS really has: read once, counted, kept for those who may see students."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
import structlog
from django.db import connection
from django.db.models import F
from procrastinate.contrib.django.models import ProcrastinateJob
from structlog.testing import capture_logs

from scene import STUDENT_RULES, YEAR, Scene, child, steps
from yellowbus.connectors.base import Page, SourceField
from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.jobs import handlers
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import FieldRule, MappingType
from yellowbus.mapping.steps import Context
from yellowbus.mapping.transforms import MatchCodes, Substitute
from yellowbus.records import Record
from yellowbus.runs import scanning, seen
from yellowbus.runs.models import Scan, ScanState, SeenCodes
from yellowbus.setup import drafts
from yellowbus.setup.models import AuditEvent, Connection
from yellowbus.setup.permissions import FULL_ACCESS, LIMITED_ACCESS, Actor, Permission

CONTEXT = Context(date(2026, 9, 1), YEAR)
GRADES = ["4", "4", "PK3", " pk3", "5", "", "4"]


@pytest.fixture
def scene(db: None, tmp_path: Any) -> Scene:
    """Grades are matched by a table that knows 4 and 6; children have other grades too."""
    made = Scene(tmp_path).ready()
    table = {"use": "match-codes", "table": [["4", "4"], ["6", "6"]]}
    others = [rule for rule in STUDENT_RULES if rule["field"] != "students_annual.grade"]
    grade = steps("students_annual.grade", "grade", table) | {"type": "match-codes"}
    with made.scope():
        made.map("students", [*others, grade])
    made.write_students([child(n, grade=grade) for n, grade in enumerate(GRADES)])
    return made


def ordered(scene: Scene, *fields: str) -> Scan:
    with scene.scope():
        return scanning.order(scene.actor, scene.connection, "students", year=YEAR, fields=fields)


def scanned(scene: Scene, *fields: str) -> Scan:
    """Order a scan and work on it here until it ends."""
    taken = ordered(scene, *fields)
    scanning.scan(str(taken.pk))
    return again(scene, taken)


def again(scene: Scene, scan: Scan) -> Scan:
    with scene.scope():
        return Scan.objects.get(pk=scan.pk)


def found(scene: Scene) -> dict[str, seen.Seen]:
    with scene.scope():
        return seen.seen(scene.actor, scene.connection, "students")


# --- what is counted ---


def test_the_field_that_the_mapping_matches_is_counted(scene: Scene) -> None:
    scan = scanned(scene)
    assert (scan.state, scan.read, scan.unreadable, scan.claim) == (ScanState.DONE, 7, 0, None)
    assert {field: (one.counts, one.blank, one.others) for field, one in found(scene).items()} == {
        "grade": ({"4": 3, " pk3": 1, "5": 1, "PK3": 1}, 1, 0)
    }


def test_a_field_asked_for_is_counted_beside(scene: Scene) -> None:
    scanned(scene, "school")
    assert found(scene)["school"].counts == {"320": 4, "310": 3}


def test_a_scan_takes_the_place_of_the_one_before(scene: Scene) -> None:
    scanned(scene, "school")
    scene.write_students([child(1, grade="12")])
    scanned(scene)
    now = found(scene)
    assert (now["grade"].counts, now["school"].counts) == ({"12": 1}, {"320": 4, "310": 3})
    assert now["grade"].at > now["school"].at
    with scene.scope():
        assert Scan.objects.count() == 1


def test_a_field_that_the_sis_does_not_give_is_named(scene: Scene) -> None:
    scan = scanned(scene, "house", "school")
    assert (scan.state, scan.error_code, scan.error_facts) == (
        ScanState.FAILED, "scan-fields-lacking", {"fields": "house"},
    )  # fmt: skip
    assert found(scene) == {}


def test_a_mapped_field_that_is_gone_from_the_sis_does_not_stop_the_others(scene: Scene) -> None:
    header = ("id", "first", "last", "dob", "school")
    scene.write_students([child(1)[:5]], header=header)
    assert scanned(scene, "school").state == ScanState.DONE
    assert list(found(scene)) == ["school"]


def test_where_nothing_is_a_set_there_is_nothing_to_read(scene: Scene) -> None:
    with scene.scope():
        scene.map("students", STUDENT_RULES)
    assert scanned(scene).error_code == "scan-nothing"


def test_without_a_mapping_a_field_can_still_be_asked_for(scene: Scene) -> None:
    with scene.scope():
        scene.connection.mappings.model.objects.filter(kind="students").delete()
    scanned(scene, "status")
    assert found(scene)["status"].counts == {"active": 7}


def test_what_is_mapped_and_not_saved_yet_is_counted_too(scene: Scene) -> None:
    codes = FieldRule("students.gender", MappingType.MATCH_CODES, "status", (MatchCodes((("active", "M"),)),))
    with scene.scope():
        drafts.change_rule(scene.actor, scene.connection, "students", codes)
    scanned(scene)
    assert list(found(scene)) == ["grade", "status"]


def page(*records: Record | None) -> Page:
    def decode(raw: bytes) -> Record:
        record: Record | None = msgspec.json.decode(raw, type=Record | None)
        if record is None:
            raise RecordError("record-unreadable", system="the SIS")
        return record

    return Page([msgspec.json.encode(record) for record in records], decode, bookmark="", last=True)


def test_fields_of_contacts_are_counted_by_contact() -> None:
    counting = scanning.Counting([SourceField("g", "Grade"), SourceField("c.rel", "Relation", contact=True)])
    counting.take(page(Record({"g": "4"}, [{"c.rel": "M"}, {"c.rel": "F"}]), Record({}, [{"c.rel": "M"}])))
    assert [(tally.counts, tally.blank) for tally in counting.tallies.values()] == [
        ({"4": 1}, 1),
        ({"M": 2, "F": 1}, 0),
    ]


def test_a_record_that_cannot_be_read_is_counted_and_stops_nothing() -> None:
    counting = scanning.Counting([SourceField("g", "Grade")])
    counting.take(page(None, Record({"g": "4"})))
    assert (counting.read, counting.unreadable, counting.tallies["g"].counts) == (2, 1, {"4": 1})


def test_memory_is_bounded_whatever_the_field_holds() -> None:
    tally = scanning.Tally()
    for number in range(2_000):
        tally.take(f"Family{number}")
    tally.take("Family0")
    assert (len(tally.counts), tally.counts["Family0"], tally.others) == (scanning.MOST_VALUES, 2, 1_500)


@pytest.mark.parametrize("value", ["x" * 201, "a\0b", "\ud800"])
def test_what_is_no_code_is_counted_and_not_kept(value: str) -> None:
    tally = scanning.Tally()
    tally.take(value)
    assert (tally.counts, tally.others) == ({}, 1)


@pytest.mark.parametrize("value", ["x" * 200, "=cmd()", "<script>", "Öğrenci", "'; DROP"])
def test_any_short_text_can_be_a_code(scene: Scene, value: str) -> None:
    scene.write_students([child(1, grade=value)])
    scanned(scene)
    assert found(scene)["grade"].counts == {value: 1}


# --- who may ---


@pytest.mark.parametrize("lacks", [Permission.MANAGE_MAPPINGS, Permission.VIEW_STUDENTS])
def test_only_who_maps_and_may_see_students_may_read_the_codes(scene: Scene, lacks: Permission) -> None:
    actor = Actor("x", scene.organization.pk, FULL_ACCESS - {lacks})
    with scene.scope(), pytest.raises(NeedsAdmin, match="may not"):
        scanning.order(actor, scene.connection, "students", year=YEAR)


def test_only_who_may_see_students_is_shown_what_was_seen(scene: Scene) -> None:
    scanned(scene)
    with scene.scope():
        assert list(seen.seen(Actor("x", 1, LIMITED_ACCESS), scene.connection, "students")) == ["grade"]
        with pytest.raises(NeedsAdmin):
            seen.seen(Actor("x", 1, frozenset({Permission.MANAGE_MAPPINGS})), scene.connection, "students")


def test_it_is_audited_by_field_and_never_by_value(scene: Scene) -> None:
    scanned(scene, "school")
    with scene.scope():
        event = AuditEvent.objects.get(verb="codes.scan")
    assert (event.subject, event.facts) == ("CSV", {"kind": "students", "fields": ["school"]})


def test_no_value_is_logged(scene: Scene) -> None:
    structlog.reset_defaults()  # a command that ran before in this process keeps lines of this level out
    with capture_logs() as logs:
        scanned(scene, "last")
    assert "Family" not in str(logs)
    assert logs[-1]["event"] == "scan.done"


# --- one at a time, whatever happens ---


def test_a_second_one_is_refused_while_the_first_is_under_way(scene: Scene) -> None:
    ordered(scene)
    with pytest.raises(NeedsAdmin) as refused:
        ordered(scene)
    assert refused.value.code == "scan-under-way"


def test_an_archived_connection_is_not_read(scene: Scene) -> None:
    with scene.scope():
        Connection.objects.update(archived_at=F("agreed_at"))
    with pytest.raises(NeedsAdmin) as refused:
        ordered(scene)
    assert refused.value.code == "connection-archived"


def test_a_cancelled_scan_keeps_the_counts_of_the_one_before(scene: Scene) -> None:
    scanned(scene)
    before = found(scene)
    scene.write_students([child(1, grade="12")])
    taken = scanning._claim(ordered(scene).pk)
    assert taken is not None
    with scene.scope():
        assert scanning.cancel(scene.actor, scene.connection, "students") is True
        scanning._work(taken)
        assert scanning.cancel(scene.actor, scene.connection, "students") is False
    assert (again(scene, taken).state, found(scene)) == (ScanState.CANCELLED, before)


def test_a_scan_has_one_worker_and_a_silent_one_is_relieved(scene: Scene) -> None:
    scan = ordered(scene)
    first = scanning._claim(scan.pk)
    assert first is not None
    assert scanning._claim(scan.pk) is None
    with scene.scope():
        Scan.objects.update(claimed_at=F("claimed_at") - timedelta(seconds=60))
        scanning.scan(str(scan.pk))
        done = again(scene, scan)
        scanning._work(first)
    assert (done.state, done.attempts, again(scene, scan).ended_at) == (ScanState.DONE, 2, done.ended_at)


def test_a_scan_that_is_cut_off_again_and_again_is_stopped(scene: Scene) -> None:
    scan = ordered(scene)
    with scene.scope():
        Scan.objects.update(attempts=scanning.MOST_ATTEMPTS)
    scanning.scan(str(scan.pk))
    assert (again(scene, scan).state, again(scene, scan).error_code) == (ScanState.FAILED, "scan-stuck")


def test_a_worker_that_is_stopped_hands_the_scan_on(scene: Scene) -> None:
    scan = ordered(scene)
    handlers.STOPPING.set()
    try:
        scanning.scan(str(scan.pk))
    finally:
        handlers.STOPPING.clear()
    assert (again(scene, scan).state, again(scene, scan).claim) == (ScanState.READING, None)
    scanning.scan(str(scan.pk))
    assert (again(scene, scan).state, again(scene, scan).read) == (ScanState.DONE, 7)


def test_what_the_sis_refuses_is_told_with_its_remedy(scene: Scene) -> None:
    scene.students_file.unlink()
    scan = scanned(scene)
    assert (scan.state, bool(scan.error_code), found(scene)) == (ScanState.FAILED, True, {})


def test_a_fault_of_the_program_fails_the_scan_and_tells_no_value(scene: Scene) -> None:
    taken = scanning._claim(ordered(scene).pk)
    assert taken is not None
    taken.connection.system = "nowhere"
    with scene.scope():
        scanning._work(taken)
    assert (again(scene, taken).state, again(scene, taken).error_code) == (ScanState.FAILED, "program-fault")


def test_a_scan_whose_job_was_lost_gets_one_again(scene: Scene) -> None:
    scan = ordered(scene)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_events CASCADE")
    assert scanning.defer_orphans() == 1
    assert list(ProcrastinateJob.objects.values_list("args", flat=True)) == [
        {"handler": "scan", "of": str(scan.pk)}
    ]
    assert scanning.defer_orphans() == 0
    scanning.scan(str(scan.pk))
    assert scanning.defer_orphans() == 0


# --- beside the table ---


def rule(*before: Any, **table: Any) -> FieldRule:
    codes = MatchCodes(table=(("4", "4"), ("6", "6")), **table)
    return FieldRule("students_annual.grade", MappingType.TRANSFORMATION, "grade", (*before, codes))


def lines(of: FieldRule, scene: Scene) -> list[tuple[str, int | None, str | None]]:
    kept = found(scene).get("grade")
    return [(line.value, line.count, line.target) for line in seen.lines(of, kept, CONTEXT)]


def test_unmatched_codes_come_first_and_what_counts_as_one_is_one(scene: Scene) -> None:
    scanned(scene)
    assert lines(rule(), scene) == [("pk3", 2, None), ("5", 1, None), ("4", 3, "4"), ("6", 0, "6")]


def test_what_a_step_before_changes_is_counted_as_it_reaches_the_table(scene: Scene) -> None:
    scanned(scene)
    before = Substitute(pairs=(("PK3", "6"), (" pk3", "6")))
    assert lines(rule(before), scene) == [("5", 1, None), ("4", 3, "4"), ("6", 2, "6")]


def test_before_any_scan_the_table_stands_without_counts(scene: Scene) -> None:
    assert lines(rule(), scene) == [("4", None, "4"), ("6", None, "6")]


def test_codes_of_another_district_are_not_found(scene: Scene, tmp_path: Any) -> None:
    scanned(scene)
    (tmp_path / "other").mkdir()
    other = Scene(tmp_path / "other")
    with other.scope():
        assert seen.seen(other.actor, scene.connection, "students") == {}
        assert list(SeenCodes.objects.all()) == []


def test_the_matched_fields_of_a_mapping_are_named_with_their_rules(scene: Scene) -> None:
    with scene.scope():
        kept = scene.connection.mappings.model.objects.filter(kind="students").latest("number")
        named = [(target, each.source) for target, each in seen.matching(from_document(kept.document))]
    assert named == [("students_annual.grade", "grade")]
