"""What differs between the SIS and Enroll, followed night by night; who failed is never said to be gone."""

from datetime import UTC, datetime

import pytest

from scene import HEADER, SCHOOLS, Scene, child
from yellowbus.runs import log
from yellowbus.runs.models import Difference, Missing
from yellowbus.setup import assignments

BAD = "02/30/2015"
LONG_AGO = datetime(2026, 1, 5, 2, tzinfo=UTC)
Told = dict[tuple[str, str], tuple[str, str, str, str]]


def night(scene: Scene, *rows: tuple[str, ...], only: list[str] | None = None) -> Told:
    """A night with these records; what differs after it, by side and id."""
    scene.write_students(rows)
    scene.run(**({"only": only} if only else {}))
    return differing(scene)


def differing(scene: Scene) -> Told:
    with scene.scope():
        rows = Difference.objects.filter(connection=scene.connection)
        return {
            (row.side, row.key): (row.outcome, row.reason, row.school_code, f"{row.sis}/{row.enroll}")
            for row in rows
        }


def gone(scene: Scene) -> list[str]:
    """Who is said to be gone."""
    return [key for (side, key), (_, why, *_) in differing(scene).items() if why == "missing-from-read"]


def test_where_both_agree_there_is_nothing(scene: Scene) -> None:
    assert night(scene, child(1), child(2)) == {}


def test_who_is_in_one_of_the_two_is_listed_with_the_reason(scene: Scene) -> None:
    scene.write_schools([*SCHOOLS, ("330", "Elder Creek", "Main", "Middle", "3 Ash St")])
    scene.run("schools")
    night(scene, child(1), child(2))
    found = night(
        scene, child(1), child(3, dob=BAD), child(4, status="graduated", dob="05/05/1990"), child(5, school="330"),
        child(6, first="Given1", last="Family1", dob="02/02/2015"), child(7),
    )  # fmt: skip
    assert found == {
        ("enroll", "000002"): ("missing", "missing-from-read", "320", "/"),
        ("sis", "000003"): ("failed", "bad-date", "310", "/"),
        ("sis", "000004"): ("skipped", "status-not-chosen", "320", "/"),
        ("sis", "000005"): ("skipped", "school-not-assigned", "330", "/"),
        ("sis", "000006"): ("review", "review-namesake-other-id", "320", "/"),
    }


def test_another_school_grade_or_status_that_waits_is_listed_with_both_values(scene: Scene) -> None:
    night(scene, *(child(n) for n in range(1, 31)))
    found = night(scene, *(child(n, grade="5") for n in range(1, 31)))
    assert found["grade", "000001"] == ("held", "difference-held", "310", "5/4")
    assert len(found) == 30


def test_a_failed_record_of_another_school_is_listed_as_that(scene: Scene) -> None:
    night(scene, child(1))
    assert night(scene, child(1, school="999")) == {
        ("school", "000001"): ("failed", "school-unknown", "310", "999/310")
    }


@pytest.mark.parametrize(
    "edit",
    [
        {"dob": BAD}, {"school": "999"}, {"first": ""}, {"id": ""}, {"id": " "},
        {"first": "Another", "last": "Name", "dob": "11/30/2012"}, {"id": "999999"}, {"id": "", "dob": BAD},
    ],
)  # fmt: skip
def test_a_record_edited_so_that_it_fails_is_never_said_to_be_gone(
    scene: Scene, edit: dict[str, str]
) -> None:
    night(scene, child(1), child(2))
    scene.write_students([child(1, **edit), child(2)])
    counts = log.outcomes(scene.run())
    assert (counts.get("failed", 0) + counts.get("review", 0), gone(scene)) == (1, [])


def test_a_record_that_cannot_be_read_is_never_said_to_be_gone(scene: Scene) -> None:
    night(scene, child(1), child(2), child(3))
    ragged = (*child(1), "one cell", "too many")
    found = night(scene, ragged, child(2))
    assert found["enroll", "000001"][1] == "missing-unread"
    assert gone(scene) == ["000003"]  # the broken line names 000001


def test_while_a_record_without_id_names_nobody_nobody_is_said_to_be_gone(scene: Scene) -> None:
    night(scene, child(1), child(2), child(3))
    night(scene, child(1, id="", dob=BAD), child(2))
    assert gone(scene) == []
    night(scene, child(1), child(2))
    assert gone(scene) == ["000003"]


def test_a_difference_keeps_the_day_it_began_and_goes_when_it_is_gone(scene: Scene) -> None:
    night(scene, child(1, dob=BAD), child(2))
    with scene.scope():
        Difference.objects.update(since=LONG_AGO)
    night(scene, child(1, dob=BAD), child(2), child(3, dob=BAD))
    with scene.scope():
        since = {row.key: row.since for row in Difference.objects.all()}
    assert (since["000001"], since["000003"] > LONG_AGO) == (LONG_AGO, True)
    assert night(scene, child(1), child(2), child(3)) == {}


def test_a_night_without_news_writes_nothing(scene: Scene) -> None:
    from django.db import connection

    night(scene, child(1, dob=BAD), child(2, status="graduated", dob="05/05/1990"))
    place = "SELECT string_agg(xmin::text || ctid::text, ' ' ORDER BY id) FROM runs_difference"
    with connection.cursor() as cursor:
        before = cursor.execute(place).fetchone()
        night(scene, child(1, dob=BAD), child(2, status="graduated", dob="05/05/1990"))
        assert cursor.execute(place).fetchone() == before


def test_a_dismissal_holds_until_the_difference_changes(scene: Scene) -> None:
    night(scene, child(1, dob=BAD))
    with scene.scope():
        Difference.objects.update(dismissed_by="operator", because="Known at the school.")
    night(scene, child(1, dob=BAD))
    with scene.scope():
        assert Difference.objects.get().because == "Known at the school."
    night(scene, child(1, school="999"))
    with scene.scope():
        assert (Difference.objects.get().dismissed_by, Difference.objects.get().because) == ("", "")


def test_a_retry_speaks_of_its_own_records_alone(scene: Scene) -> None:
    night(scene, child(1, dob=BAD), child(2, dob=BAD), child(3, dob=BAD))
    found = night(scene, child(1), child(2, school="999"), child(3), only=["000001", "000002"])
    assert {key: why for (_, key), (_, why, *_) in found.items()} == {
        "000002": "school-unknown",
        "000003": "bad-date",
    }


def test_the_skipped_of_a_school_taken_away_are_named(scene: Scene) -> None:
    with scene.scope():
        assignments.unassign(scene.actor, scene.connection, ["320"])
    found = night(scene, *(child(n) for n in range(1, 5)))
    assert sorted(key for _, key in found) == ["000002", "000004"]


def test_a_file_without_a_student_lists_who_is_gone_once(scene: Scene) -> None:
    night(scene, *(child(n) for n in range(1, 13)))
    scene.write_students([child(n) for n in range(1, 12)], header=HEADER)
    scene.run()
    with scene.scope():
        assert list(Missing.objects.values_list("perhaps", flat=True)) == [""]
    assert gone(scene) == ["000012"]
