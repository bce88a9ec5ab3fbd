"""The read model of runs: words, sentences, causes, schools, and a fixed number of queries."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scene import Scene, child
from yellowbus.errors import NeedsAdmin
from yellowbus.planning.counts import Reconciliation
from yellowbus.planning.report import reconciliation_line
from yellowbus.records import Outcome
from yellowbus.runs import log
from yellowbus.runs.causes import causes
from yellowbus.runs.decisions import decide, undecided, waiting
from yellowbus.runs.models import Change, Run, State
from yellowbus.runs.outstanding import dismiss, due
from yellowbus.runs.reconciling import reconciled
from yellowbus.runs.told import told
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor


def queries(of: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        of()
    return len(captured)


# --- words ---


def test_an_older_run_that_lacks_a_fact_is_still_told() -> None:
    message = told("school-unknown", {})
    assert (
        message.sentence
        == "Enroll has no school with the School Code (school not recorded), so the student was not imported."
    )


def test_a_code_of_a_newer_version_stands_for_itself() -> None:
    assert told("from-the-future", {"a": 1}).sentence == "from-the-future"


@pytest.mark.parametrize(
    ("state", "counts", "word"),
    [
        (State.QUEUED, {}, "Pending"),
        (State.READING, {}, "In Progress"),
        (State.PLANNING, {}, "In Progress"),
        (State.APPLYING, {}, "In Progress"),
        (State.WAITING, {"310": {"created": 1}}, "Pending"),
        (State.FAILED, {}, "Failed"),
        (State.CANCELLED, {}, "Failed"),
        (State.DONE, {}, "Succeeded"),
        (State.DONE, {"310": {"created": 1}, "320": {"skipped": 2}}, "Succeeded"),
        (State.DONE, {"310": {"created": 1, "failed": 1}}, "Partial Sync"),
        (State.DONE, {"310": {"held": 1}}, "Partial Sync"),
        (State.DONE, {"310": {"failed": 2}}, "Failed"),
    ],
)
def test_a_run_has_one_of_the_five_words(state: State, counts: dict[str, dict[str, int]], word: str) -> None:
    assert log.status(Run(state=state, counts=counts)) == word


def test_every_state_has_its_word() -> None:
    assert set(log.STATE_WORDS) == set(State)


# --- records and causes ---


@pytest.fixture
def mixed(scene: Scene) -> Run:
    """Created, updated, failed twice for one reason, failed for another, in review, skipped and partial."""
    scene.write_students([child(1), child(2)])
    scene.run()
    scene.write_students([
        child(1, grade="5", phone=""), child(2, phone=""), child(3, dob="02/30/2015", phone=""),
        child(4, dob="31/12/2015", phone=""), child(5, school="999", phone=""), child(2, id="900002", phone=""),
        child(6, status="graduated", dob="01/01/1990", phone=""), child(7, phone="no address"),
    ])  # fmt: skip
    return scene.run()


def test_each_record_has_its_word_and_its_reason(scene: Scene, mixed: Run) -> None:
    with scene.scope():
        lines = {line.key: line for line in log.records(mixed)}
    told_ = {key: (line.name, line.status, line.outcome, line.reason) for key, line in lines.items()}
    assert told_.pop("000002") == (
        "Given2 Family2",
        "Succeeded",
        "unchanged",
        "",
    )  # a new mapping version or day
    assert told_ == {
        "000001": ("Given1 Family1", "Succeeded", "updated", ""),
        "000003": ("", "Failed", "failed", "bad-date"),
        "000004": ("", "Failed", "failed", "bad-date"),
        "000005": ("", "Failed", "failed", "school-unknown"),
        "900002": ("", "Pending", "review", "review-namesake-other-id"),
        "000007": ("Given7 Family7", "Partial Sync", "created", "value-not-a-phone"),
    }
    assert "School Code 999" in lines["000005"].sentence


def test_causes_are_counted_once_each_the_gravest_first(scene: Scene, mixed: Run) -> None:
    with scene.scope():
        found = [(cause.code, cause.outcome, cause.count) for cause in causes(mixed)]
    assert found == [
        ("bad-date", Outcome.FAILED, 2),
        ("school-unknown", Outcome.FAILED, 1),
        ("review-namesake-other-id", Outcome.REVIEW, 1),
        ("value-not-a-phone", Outcome.UPDATED, 1),
        ("status-not-chosen", Outcome.SKIPPED, 1),
    ]


def test_a_cause_with_many_variants_is_told_once_with_an_example(scene: Scene) -> None:
    scene.write_students([child(n, school=f"9{n}") for n in range(6)])
    run = scene.run()
    with scene.scope():
        (cause,) = causes(run)
    assert (cause.count, cause.example) == (6, True)
    scene.write_students([child(n, school=f"9{n}") for n in range(3)])
    few = scene.run()
    with scene.scope():
        assert [(cause.count, cause.example) for cause in causes(few)] == [(1, False)] * 3


def test_the_numbers_of_queries_do_not_grow(scene: Scene) -> None:
    counts = []
    for size in (2, 30):
        scene.write_students([child(n, dob="02/30/2015") if n % 2 else child(n) for n in range(size)])
        run = scene.run()
        with scene.scope():
            run = log.find(str(run.pk))
            counts.append((
                queries(lambda run=run: list(log.records(run))),
                queries(lambda run=run: causes(run)),
                queries(lambda run=run: reconciled(run)),
                queries(lambda: list(due([scene.connection]))),
                queries(lambda: [log.row(each) for each in log.newest(30)]),
            ))  # fmt: skip
    assert counts[0] == counts[1]


def test_a_run_is_found_by_a_beginning_that_fits_one_alone(scene: Scene) -> None:
    with scene.scope():
        run = Run.objects.get()
        assert log.find(str(run.pk)[:8]).pk == run.pk
        for text in ("", "zz", "00000000-0000-0000-0000-000000000000"):
            with pytest.raises(NeedsAdmin) as refused:
                log.find(text)
            assert refused.value.code == "run-unknown"


def test_a_run_of_another_organization_is_not_found(scene: Scene, tmp_path: Path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = Scene(folder, name="Other (invented)").ready()
    with scene.scope():
        mine = str(Run.objects.get().pk)
    with other.scope(), pytest.raises(NeedsAdmin):
        log.find(mine)


# --- schools ---


def lines(scene: Scene, run: Run) -> list[str]:
    with scene.scope():
        return [reconciliation_line(each) for each in reconciled(run)]


def test_a_clean_import_meets_in_every_school(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(5)])
    assert lines(scene, scene.run()) == [
        "310 Cedar Ridge: SIS 2 = Enroll 2",
        "320 Oak Hill: SIS 3 = Enroll 3",
    ]


def test_each_difference_has_its_name(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(1, 8)])
    scene.run()
    # 1 fails and is in Enroll; 9 fails and is not; 11 is skipped; 5 is missing; the others are as they were.
    scene.write_students([
        child(1, dob="02/30/2015"), child(2), child(3), child(4), child(6), child(7), child(9, dob="02/30/2015"),
        child(11, status="graduated", dob="01/01/1990"),
    ])  # fmt: skip
    assert lines(scene, scene.run()) == [
        "310 Cedar Ridge: SIS 5 = Enroll 4 + 1 named difference (1 failed, 1 skipped, -1 missing in the SIS)",
        "320 Oak Hill: SIS 3 = Enroll 3",
    ]


def test_a_held_move_is_named_on_both_sides(scene: Scene) -> None:
    scene.write_students([child(n) for n in range(40)])
    scene.run()
    scene.write_students([child(n, school="310") for n in range(40)])
    run = scene.run()
    with scene.scope():
        assert [
            (each.sis, each.enroll, each.differences["held move"], each.unexplained)
            for each in reconciled(run)
        ] == [
            (40, 20, 20, 0),
            (0, 20, -20, 0),
        ]


def test_an_older_run_is_not_counted_against_a_store_that_moved_on(scene: Scene) -> None:
    scene.write_students([child(1)])
    first = scene.run()
    scene.run()
    assert lines(scene, first) == []


def test_a_difference_without_a_name_is_never_hidden() -> None:
    line = reconciliation_line(Reconciliation("310", sis=3, enroll=1, differences={"failed": 1}))
    assert line == "310: SIS 3 ≠ Enroll 1 + 1 named difference (1 failed); 1 not explained"


# --- what waits ---


def test_who_may_only_run_imports_decides_and_dismisses_nothing(scene: Scene, mixed: Run) -> None:
    limited = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope():
        for act in (
            lambda: decide(limited, scene.connection, "900002", None),
            lambda: dismiss(limited, scene.connection, ["000003"]),
        ):
            with pytest.raises(NeedsAdmin) as refused:
                act()
            assert refused.value.code == "not-permitted"


def test_a_review_is_open_until_a_person_decides(scene: Scene, mixed: Run) -> None:
    with scene.scope():
        (review,) = undecided(scene.connection)
        assert (review.key, len(review.candidates)) == ("900002", 1)
        decide(scene.actor, scene.connection, "900002", None)
        assert (undecided(scene.connection), waiting(scene.connection)) == ([], [review])


def test_a_review_of_a_plan_that_waits_is_listed_too(scene: Scene) -> None:
    scene.write_students([child(1)])
    scene.run()
    scene.write_students([child(1), child(1, id="900001")])
    scene.run(yes=False)
    with scene.scope():
        assert [review.key for review in undecided(scene.connection)] == ["900001"]
        assert Change.objects.filter(outcome="review").count() == 1
