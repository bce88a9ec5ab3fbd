"""A failed, partial or held record stays due, with its reason, until it succeeds or a person dismisses it."""

from zoneinfo import ZoneInfo

import pytest

from scene import STUDENT_RULES, Scene, child, direct
from yellowbus.runs import history, log
from yellowbus.runs.models import Due, Run, State

BAD = "02/30/2015"


def due(scene: Scene) -> dict[str, tuple[str, str]]:
    with scene.scope():
        return {row.key: (row.outcome, row.reason) for row in Due.objects.filter(connection=scene.connection)}


def test_a_failed_record_stays_due_until_it_succeeds(scene: Scene) -> None:
    scene.write_students([child(1, dob=BAD), child(2)])
    scene.run()
    assert due(scene) == {"000001": ("failed", "bad-date")}
    scene.run()
    assert due(scene) == {"000001": ("failed", "bad-date")}
    scene.write_students([child(1), child(2)])
    scene.run()
    assert due(scene) == {}


def test_one_bad_record_does_not_stop_the_others(scene: Scene) -> None:
    scene.write_students([child(n, dob=BAD if n % 3 == 0 else "01/02/2015") for n in range(9)])
    run = scene.run()
    assert run.state == State.DONE
    assert sorted(scene.students()) == ["000001", "000002", "000004", "000005", "000007", "000008"]


def test_the_day_since_when_it_is_due_stays(scene: Scene) -> None:
    scene.write_students([child(1, dob=BAD)])
    scene.run()
    with scene.scope():
        since = Due.objects.get().since
    run = scene.run()
    with scene.scope():
        kept = Due.objects.get()
    assert (kept.since, kept.run_id) == (since, run.pk)


def test_a_record_that_comes_back_as_it_was_is_due_no_more(scene: Scene) -> None:
    for rows in ([child(1)], [child(1, dob=BAD)], [child(1)]):
        scene.write_students(rows)
        run = scene.run()
    assert run.counts == {"310": {"unchanged": 1}}
    assert due(scene) == {}


def test_a_dismissed_record_stays_dismissed_while_its_reason_is_the_same(scene: Scene) -> None:
    scene.write_students([child(1, dob=BAD)])
    scene.run()
    with scene.scope():
        Due.objects.update(dismissed_by="operator")
    scene.run()
    with scene.scope():
        assert Due.objects.get().dismissed_by == "operator"
    scene.write_students([child(1, school="999")])
    scene.run()
    with scene.scope():
        assert (Due.objects.get().reason, Due.objects.get().dismissed_by) == ("school-unknown", "")


def partial(scene: Scene) -> None:
    """A mapping with a field that may be bad without the record failing."""
    rules = [rule for rule in STUDENT_RULES if rule["field"] != "students.phone"]
    with scene.scope():
        scene.map("students", [*rules, direct("students.email", "phone")])


def test_a_partial_record_is_written_and_stays_due(scene: Scene) -> None:
    partial(scene)
    scene.write_students([child(1, phone="not an address")])
    run = scene.run()
    assert (run.counts, run.partial, log.status(run)) == ({"310": {"created": 1}}, 1, "Partial Sync")
    assert "students.email" not in scene.students()["000001"]
    assert due(scene) == {"000001": ("created", "value-not-an-email")}
    scene.write_students([child(1, phone="one@example.org")])
    mended = scene.run()
    assert (mended.partial, log.status(mended)) == (0, "Succeeded")
    assert (due(scene), scene.students()["000001"]["students.email"]) == ({}, "one@example.org")


def test_a_partial_record_is_looked_at_again_every_night(scene: Scene) -> None:
    partial(scene)
    scene.write_students([child(1, phone="not an address")])
    scene.run()
    again = scene.run()
    assert again.counts == {"310": {"unchanged": 1}}
    assert due(scene) == {"000001": ("unchanged", "value-not-an-email")}
    with scene.scope():
        found = {word: _asked(scene, word) for word in history.STATUSES}
    assert {word: count for word, count in found.items() if count} == {"Partial Sync": 2}


def _asked(scene: Scene, word: str) -> int:
    """How many student imports the Sync Logs find under one word."""
    asked = history.Asked(status=word)
    rows = history.narrowed(scene.instance.pk, asked, zone=ZoneInfo("UTC"))
    return rows.filter(kind="students").count()


def retry(scene: Scene, *keys: str) -> Run:
    return scene.run(only=list(keys))


def test_a_retry_takes_up_only_the_records_named(scene: Scene) -> None:
    scene.write_students([child(1, dob=BAD), child(2, dob=BAD), child(3)])
    scene.run()
    scene.write_students([child(1), child(2), child(3, grade="5"), child(4)])
    run = retry(scene, "000001")
    assert (run.trigger, run.read, run.counts) == ("retry", 1, {"310": {"created": 1}})
    assert sorted(scene.students()) == ["000001", "000003"]
    assert due(scene) == {"000002": ("failed", "bad-date")}


def test_a_retry_settles_a_record_that_is_as_it_was(scene: Scene) -> None:
    for rows in ([child(1), child(2)], [child(1, dob=BAD), child(2)]):
        scene.write_students(rows)
        scene.run()
    scene.write_students([child(1), child(2)])
    run = retry(scene, "000001")
    assert (run.read, run.counts) == (1, {"310": {"unchanged": 1}})
    assert due(scene) == {}


def test_a_retry_lists_nobody_as_missing_and_is_no_measure_for_the_next_read(scene: Scene) -> None:
    from yellowbus.runs.models import Missing

    scene.write_students([child(n) for n in range(50)])
    scene.run()
    retry(scene, "000001")
    with scene.scope():
        assert not Missing.objects.exists()
    scene.write_students([child(n) for n in range(30)])
    assert scene.run().waits_because == "read-shrank"


@pytest.mark.parametrize("kind", ["students", "schools"])
def test_each_kind_has_its_own_due_list(scene: Scene, kind: str) -> None:
    scene.write_students([child(1, dob=BAD)])
    scene.write_schools(
        [("School Code", "name", "group", "level", "street"), ("310", "", "Main", "Elementary", "1 Elm St")]
    )
    scene.run(kind)
    with scene.scope():
        assert list(Due.objects.values_list("kind", flat=True)) == [kind]
