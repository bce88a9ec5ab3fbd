"""One notice for each change of state of a connection, and one mail of it for who asks."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from people import member
from post_office import PostOffice
from scene import YEAR, Scene, child
from yellowbus.errors import NeedsAdmin
from yellowbus.runs import asking, due, letters, notices
from yellowbus.runs.conditions import LATE
from yellowbus.runs.importing import drive, order
from yellowbus.runs.models import Letter, Notice, Run
from yellowbus.runs.undoing.order import order_undo
from yellowbus.setup import connections, groups, schedules
from yellowbus.setup.models import Connection, Membership, Schedule
from yellowbus.setup.people import actor_of

AT = time(2)
NIGHT = datetime(2026, 11, 25, 10, tzinfo=UTC)  # 02:00 in Los Angeles
DAY = timedelta(days=1)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with (
        PostOffice() as made,
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=made.port,
            YELLOWBUS_ADDRESS="https://sync.lakeview.example",
        ),
    ):
        yield made


def person(scene: Scene, group: str = groups.FULL) -> Membership:
    with scene.scope():
        return member(scene.organization, group)


def told(scene: Scene) -> list[tuple[str, str]]:
    """Every notice so far, the oldest first: kind and topic."""
    with scene.scope():
        return list(Notice.objects.order_by("pk").values_list("kind", "topic"))


def standing(scene: Scene) -> list[str]:
    with scene.scope():
        return [line.kind for line in notices.standing([scene.connection])]


def scheduled(scene: Scene) -> None:
    with scene.scope():
        schedules.set_schedule(
            scene.actor,
            scene.connection,
            "students",
            at=AT,
            year=YEAR,
            enabled=True,
            now=NIGHT - timedelta(hours=8),
        )


def night(scene: Scene, number: int) -> Run | None:
    """The schedule's run of the night of that number, worked on, and the minute after it."""
    now = NIGHT + number * DAY
    due.start_due(now)
    with scene.scope():
        run = Run.objects.filter(schedule__isnull=False, local_date=now.date()).first()
    if run is not None:
        drive.drive(str(run.pk))
    notices.notice(now + timedelta(minutes=5))
    return run


def break_(scene: Scene) -> None:
    scene.students_file.unlink()


def mend(scene: Scene, number: int = 30) -> None:
    scene.write_students([child(n) for n in range(number)])


# --- failing and recovering ---


def test_five_failing_nights_send_one_notice_then_one_on_recovery(scene: Scene, office: PostOffice) -> None:
    person(scene)
    mend(scene)
    scene.run()
    break_(scene)
    for number in range(5):
        scene.run()
        notices.notice(NIGHT + number * DAY)
    assert (told(scene), standing(scene)) == ([("failed", "students")], ["failed"])
    mend(scene)
    scene.run()
    for number in range(5, 8):
        notices.notice(NIGHT + number * DAY)
        letters.send_due(timezone.now() + number * DAY)
    assert (told(scene), standing(scene)) == ([("failed", "students"), ("recovered", "students")], [])
    assert [mail.count("works again") for mail in office.mails] == [0, 1]


def test_a_schedule_that_fails_tells_of_the_failure_and_once_of_its_pause(scene: Scene) -> None:
    mend(scene)
    scene.run()
    break_(scene)
    scheduled(scene)
    for number in range(5):
        night(scene, number)
    assert told(scene) == [("failed", "students"), ("paused", "students")]
    mend(scene)
    with scene.scope():
        schedules.resume(scene.actor, scene.connection, "students", now=NIGHT + 5 * DAY - timedelta(hours=1))
    night(scene, 5)
    assert told(scene)[2:] == [("recovered", "students")]
    assert standing(scene) == []


def test_the_notice_quotes_the_cause_and_its_remedy(scene: Scene) -> None:
    break_(scene)
    scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        (line,) = notices.standing([scene.connection])
    assert line.said.sentence.startswith("The import of students of CSV fails. ")
    assert (len(line.said.remedy) > 0, line.run is not None, line.word) == (True, True, "Failed")


def test_a_run_of_which_every_record_failed_is_a_failure_too(scene: Scene) -> None:
    scene.write_students([child(n, dob="nonsense") for n in range(3)])
    scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        assert Notice.objects.get().code == "notice-all-failed"


def test_a_failed_run_that_is_taken_up_again_has_not_recovered_yet(scene: Scene) -> None:
    mend(scene)
    scene.run()
    break_(scene)
    run = scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        order.resume(scene.actor, run.pk)
    notices.notice(NIGHT + DAY)
    assert (told(scene), standing(scene)) == ([("failed", "students")], ["failed"])
    mend(scene)
    drive.drive(str(run.pk))
    notices.notice(NIGHT + 2 * DAY)
    assert told(scene)[1:] == [("recovered", "students")]


def test_a_cancelled_run_is_no_recovery(scene: Scene) -> None:
    break_(scene)
    run = scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        order.resume(scene.actor, run.pk)
        order.cancel(scene.actor, run.pk)
    notices.notice(NIGHT + DAY)
    assert (told(scene), standing(scene)) == ([("failed", "students")], ["failed"])


def test_each_kind_of_run_fails_for_itself(scene: Scene) -> None:
    mend(scene)
    scene.run()
    scene.schools_file.unlink()
    scene.run("schools")
    notices.notice(NIGHT)
    scene.run()
    notices.notice(NIGHT + DAY)
    assert (told(scene), standing(scene)) == ([("failed", "schools")], ["failed"])


def test_an_archived_connection_tells_nothing_more(scene: Scene) -> None:
    break_(scene)
    scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        Connection.objects.update(archived_at=NIGHT)
    notices.notice(NIGHT + DAY)
    assert (told(scene), standing(scene)) == ([("failed", "students")], [])


# --- held ---


def test_a_plan_that_a_person_ordered_and_looks_at_is_no_notice(scene: Scene) -> None:
    mend(scene)
    scene.run(yes=False)
    notices.notice(NIGHT)
    assert told(scene) == []


def test_a_scheduled_plan_that_waits_is_told_once_until_it_is_applied(scene: Scene) -> None:
    mend(scene)
    scheduled(scene)
    run = night(scene, 0)
    assert run is not None
    notices.notice(NIGHT + timedelta(hours=1))
    assert (told(scene), standing(scene)) == ([("held", "students")], ["held"])
    with scene.scope():
        order.approve(scene.actor, run.pk)
    drive.drive(str(run.pk))
    notices.notice(NIGHT + timedelta(hours=2))
    assert (told(scene), standing(scene)) == ([("held", "students")], [])


def test_held_values_are_counted_and_told(scene: Scene) -> None:
    mend(scene)
    scene.run()
    scene.write_students([child(n, phone="(480) 555-0999") for n in range(30)])
    scene.run()
    notices.notice(NIGHT)
    with scene.scope():
        (line,) = notices.standing([scene.connection])
    assert line.said.sentence == (
        "30 held values of CSV (import of students) wait for a person; the rest was written."
    )


# --- paused by an undo, late, unusual, expiring ---


def test_an_undo_pauses_the_schedule_and_that_is_told(scene: Scene) -> None:
    mend(scene)
    run = scene.run()
    scheduled(scene)
    with scene.scope():
        undo = order_undo(scene.actor, run, yes=True)
    drive.drive(str(undo.pk))
    notices.notice(NIGHT - timedelta(hours=2))
    assert told(scene) == [("paused", "students")]


def test_a_missed_night_is_late_until_one_starts(scene: Scene) -> None:
    mend(scene)
    scene.run()
    scheduled(scene)
    back = NIGHT + timedelta(hours=7)  # no worker was alive until then
    due.start_due(back)
    notices.notice(back)
    with scene.scope():
        (line,) = notices.standing([scene.connection])
    assert line.said.sentence == "The import of students of CSV that was due on 2026-11-25 did not start."
    night(scene, 1)
    assert (told(scene), standing(scene)) == ([("late", "students")], [])


@pytest.mark.parametrize(
    ("after", "kinds"), [(LATE, []), (LATE + timedelta(minutes=1), [("late", "students")])]
)
def test_an_overdue_night_is_late_after_a_quarter_of_an_hour(
    scene: Scene, after: timedelta, kinds: list[tuple[str, str]]
) -> None:
    scheduled(scene)
    notices.notice(NIGHT + after)
    assert told(scene) == kinds


def test_a_night_that_found_no_worker_is_late(scene: Scene) -> None:
    scheduled(scene)
    due.start_due(NIGHT)
    now = timezone.now()
    with scene.scope():
        Schedule.objects.update(next_date=(now + 2 * DAY).date())
    notices.notice(now + timedelta(minutes=5))
    assert told(scene) == []
    notices.notice(now + timedelta(minutes=20))
    assert told(scene) == [("late", "students")]


def test_a_count_far_from_the_usual_one_is_told_until_it_is_the_usual_one(scene: Scene) -> None:
    for number in (100, 100, 109, 125):
        mend(scene, number)
        scene.run()
        notices.notice(timezone.now())
    with scene.scope():
        (line,) = notices.standing([scene.connection])
    assert line.said.sentence == (
        "The import of students of CSV read 125 records; the last good ones read about 100."
    )
    for _ in range(3):
        scene.run()
        notices.notice(timezone.now())
    assert (told(scene), standing(scene)) == ([("unusual", "students")], [])


def test_two_runs_are_not_yet_a_habit(scene: Scene) -> None:
    for number in (100, 100, 150):
        mend(scene, number)
        scene.run()
    notices.notice(timezone.now())
    assert told(scene) == []


def test_an_access_that_ends_is_told_30_7_and_1_days_ahead_and_when_it_is_over(scene: Scene) -> None:
    with scene.scope():
        Connection.objects.update(system="qmlativ", settings={"expires": "2026-12-31"})
    said = []
    for day in range(1, 33):
        notices.notice(datetime(2026, 12, 1, 20, tzinfo=UTC) + (day - 1) * DAY)
        with scene.scope():
            said.append(Notice.objects.count())
    assert [day for day, (now, before) in enumerate(zip(said, [0, *said], strict=False), 1) if now > before] == [
        1, 24, 30, 32,
    ]  # fmt: skip
    with scene.scope():
        assert Notice.objects.order_by("pk").values_list("code", flat=True).last() == "notice-expired"
        connections.rotate(scene.actor, scene.connection, {})
        Connection.objects.update(settings={"expires": "2027-12-31"})
    notices.notice(datetime(2027, 1, 2, 20, tzinfo=UTC))
    assert standing(scene) == []


# --- mails ---


def failing(scene: Scene) -> None:
    break_(scene)
    scene.run()
    notices.notice(timezone.now())


def states(scene: Scene) -> list[str]:
    with scene.scope():
        return list(Letter.objects.order_by("pk").values_list("state", flat=True))


def test_a_mail_names_connection_and_link_and_no_student(scene: Scene, office: PostOffice) -> None:
    reader = person(scene)
    mend(scene)
    scene.run()
    scene.write_students([child(n, phone="(480) 555-0999") for n in range(30)])
    run = scene.run()
    notices.notice(timezone.now())
    assert letters.send_due(timezone.now()) == 1
    (mail,) = office.mails
    wanted = (f"To: {reader.user.email}", "Subject: CSV: waits for a person", "30 held values")
    assert [each for each in wanted if each not in mail] == []
    assert f"https://sync.lakeview.example/logs/{run.pk}/" in mail
    assert [each for each in ("Given", "Family", "555-0999", "000001") if each in mail] == []


def test_by_default_who_manages_connections_is_told_and_others_are_not(
    scene: Scene, office: PostOffice
) -> None:
    full, limited = person(scene), person(scene, groups.LIMITED)
    gone = person(scene)
    with scene.scope():
        Membership.objects.filter(pk=gone.pk).update(left_at=timezone.now())
        assert asking.asks_for(full) == {"failed", "held", "paused", "recovered"}
        assert asking.asks_for(limited) == frozenset()
    failing(scene)
    letters.send_due(timezone.now())
    assert [full.user.email in mail for mail in office.mails] == [True]


def test_a_persons_own_choice_is_what_counts(scene: Scene, office: PostOffice) -> None:
    full, limited = person(scene), person(scene, groups.LIMITED)
    with scene.scope():
        asking.choose(actor_of(full), full, ["late"])
        asking.choose(actor_of(limited), limited, ["failed"])
    failing(scene)
    letters.send_due(timezone.now())
    assert [limited.user.email in mail for mail in office.mails] == [True]


@pytest.mark.parametrize(
    ("kinds", "own", "code"),
    [(["failed"], False, "not-permitted"), (["no such"], True, "notice-kind-unknown")],
)
def test_a_choice_is_ones_own_and_of_known_kinds(
    scene: Scene, kinds: list[str], own: bool, code: str
) -> None:
    one, other = person(scene), person(scene)
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        asking.choose(actor_of(one), one if own else other, kinds)
    assert refused.value.code == code


def test_a_mail_server_that_is_down_is_tried_again(scene: Scene) -> None:
    person(scene)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    with override_settings(**smtp, EMAIL_PORT=port):
        failing(scene)
        now = timezone.now()
        assert (letters.send_due(now), states(scene)) == (0, ["waiting"])
        with PostOffice(port) as office:
            assert letters.send_due(now + timedelta(seconds=30)) == 0  # not before its time
            assert letters.send_due(now + timedelta(minutes=2)) == 1
            assert (len(office.mails), states(scene)) == (1, ["sent"])


def test_a_mail_that_was_refused_waits_and_goes_out_once(scene: Scene, office: PostOffice) -> None:
    person(scene)
    failing(scene)
    office.refuses, now = True, timezone.now()
    assert (letters.send_due(now), office.mails, states(scene)) == (0, [], ["waiting"])
    office.refuses = False
    sent = [letters.send_due(now + timedelta(hours=hour)) for hour in (1, 2, 3)]
    assert (sent, len(office.mails)) == ([1, 0, 0], 1)


def test_a_mail_of_which_nobody_knows_whether_it_went_is_not_sent_again(
    scene: Scene, office: PostOffice
) -> None:
    person(scene)
    failing(scene)
    office.breaks_off, now = True, timezone.now()
    letters.send_due(now)
    office.breaks_off = False
    letters.send_due(now + DAY)
    assert (len(office.mails), states(scene)) == (1, ["unknown"])


def test_a_mail_begun_by_a_process_that_died_is_left_alone(scene: Scene, office: PostOffice) -> None:
    person(scene)
    failing(scene)
    now = timezone.now()
    with scene.scope():
        Letter.objects.update(state="begun", changed_at=now)
    letters.send_due(now + timedelta(minutes=5))
    assert states(scene) == ["begun"]
    letters.send_due(now + timedelta(minutes=11))
    assert (states(scene), office.mails) == (["unknown"], [])


def test_a_mail_that_found_no_server_for_three_days_is_given_up(scene: Scene, office: PostOffice) -> None:
    person(scene)
    failing(scene)
    office.refuses = True
    letters.send_due(timezone.now() + 3 * DAY + timedelta(minutes=1))
    assert states(scene) == ["given-up"]


def test_without_a_mail_server_notices_are_made_and_no_mail_is_kept(scene: Scene) -> None:
    person(scene)
    failing(scene)
    assert (letters.is_on(), standing(scene), states(scene)) == (False, ["failed"], [])
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.console.EmailBackend"):
        assert (letters.is_on(), letters.send_due(timezone.now())) == (True, 0)


def test_the_administrator_of_the_server_has_no_address_and_is_not_mailed(
    scene: Scene, office: PostOffice
) -> None:
    with scene.scope():
        member(scene.organization, groups.FULL, email="administrator@lakeview.invalid")
    failing(scene)
    assert states(scene) == []


def test_looking_costs_the_same_for_one_connection_and_for_many(scene: Scene) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            notices.notice(NIGHT)
        return len(queries)

    mend(scene)
    scene.run()
    scheduled(scene)
    cost()
    one = cost()
    with scene.scope():
        for name in ("Two", "Three", "Four"):
            Connection.objects.create(
                organization=scene.organization,
                instance=scene.instance,
                name=name,
                system="flatfile",
                agreed_by="x",
            )
    assert cost() == one


def test_another_district_is_told_its_own_alone(scene: Scene, tmp_path_factory) -> None:  # type: ignore[no-untyped-def]
    other = Scene(tmp_path_factory.mktemp("other"), name="Hillside (invented)").ready()
    failing(other)
    assert (told(scene), told(other)) == ([], [("failed", "students")])
