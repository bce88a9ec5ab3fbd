"""Notices, the purge and holds in parts on the command line."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from scene import child

if TYPE_CHECKING:
    from scene import Scene

PHONE = "students.phone"


@pytest.fixture
def call(yellowbus: Any, scene: "Scene") -> Any:
    def called(*arguments: object) -> Any:
        return yellowbus(*arguments, "--organization", scene.organization.slug)

    return called


def test_notices_are_listed_and_it_is_said_that_none_is_mailed(call: Any, scene: "Scene") -> None:
    from yellowbus.runs import notices

    assert call("notices").out.strip() == "Nothing to tell."
    scene.students_file.unlink()
    scene.run()
    notices.notice(timezone.now())
    ended = call("notices")
    assert ("The import of students of CSV fails." in ended.out, "not mailed" in ended.err) == (True, True)
    (line,) = call("notices", "--json").json
    assert (line["kind"], line["code"], line["ended_at"]) == ("failed", "notice-failed", None)


def test_what_is_over_is_listed_with_all(call: Any, scene: "Scene") -> None:
    from yellowbus.runs import notices

    scene.students_file.unlink()
    scene.run()
    notices.notice(timezone.now())
    scene.write_students([child(1)])
    scene.run()
    notices.notice(timezone.now())
    assert (call("notices", "--json").json, len(call("notices", "--all", "--json").json)) == ([], 2)


def test_a_purge_is_counted_first_and_then_done(call: Any, scene: "Scene") -> None:
    from yellowbus.runs.models import Change, Run

    scene.write_students([child(n) for n in range(3)])
    run = scene.run()
    with scene.scope():
        Run.objects.filter(pk=run.pk).update(created_at=datetime.now(UTC) - timedelta(days=100))
    told = call("purge", "--dry-run")
    assert told.out.startswith("Would delete the values of 3 records of 1 run before ")
    with scene.scope():
        assert Change.objects.filter(run=run).count() == 3
    assert call("purge", "--json").json["rows"] == 3
    with scene.scope():
        assert Change.objects.filter(run=run).count() == 0
    assert call("purge", "--dry-run", "--json").json["rows"] == 0


def held(scene: "Scene") -> Any:
    scene.write_students([child(n) for n in range(40)])
    scene.run()
    scene.write_students([child(n, phone="(480) 555-0999") if n < 30 else child(n) for n in range(40)])
    return scene.run()


def test_held_values_are_decided_by_school_and_by_record(call: Any, scene: "Scene") -> None:
    from yellowbus.runs.models import Hold

    run = str(held(scene).pk)
    told = call("runs", "dismiss", run, "--school", "310")
    assert told.out.startswith("15 held changes dismissed.")
    assert call("runs", "release", run, PHONE, "--record", "000002", "--record", "000004").status == 0
    with scene.scope():
        rows = Hold.objects.order_by("pk").values_list("count", "state", "part")
        assert list(rows) == [
            (13, "waiting", ""),
            (15, "dismissed", "school 310"),
            (2, "released", "2 records"),
        ]
    assert sum(row[PHONE] == "(480) 555-0999" for row in scene.students().values()) == 2


def test_a_record_that_is_not_there_does_not_mean_its_whole_school(call: Any, scene: "Scene") -> None:
    run = str(held(scene).pk)
    ended = call("runs", "release", run, "--school", "310", "--record", "no such")
    assert (ended.status, "None of the records chosen waits" in ended.err) == (1, True)


def test_what_is_kept_and_four_eyes_are_shown_and_set(call: Any) -> None:
    assert call("org", "keep", "--json").json == {
        "values_days": 90, "runs_days": 400, "four_eyes": False,
    }  # fmt: skip
    call("org", "keep", "--values-days", 60, "--four-eyes")
    refused = call("org", "keep", "--runs-days", 30, "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "keep-days-order")
    assert "kept for 60 days, whole runs for 400." in call("org", "keep").out
    assert call("org", "keep", "--no-four-eyes", "--json").json["four_eyes"] is False
