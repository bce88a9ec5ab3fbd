"""What the SIS showed is kept for a while, encrypted, and no longer."""

from datetime import UTC, datetime, timedelta

import pytest

from scene import HEADER, child
from yellowbus.connectors.base import SourceField
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import connections, examples, glimpses, options
from yellowbus.setup.models import Assignment, Glimpse
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor, Permission

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
KIND = "students"


@pytest.fixture
def scene(scene):
    with scene.scope():
        scene.write_students([child(1), child(2)])
        choose(scene, "000001", "000009")
        yield scene


def choose(scene, *keys: str) -> None:
    options.write_options(scene.connection, options.Options(examples=keys))


def read(scene, kind: str = KIND, now: datetime = NOW) -> None:
    examples.read(scene.actor, scene.connection, kind, now=now)


def shown(scene, kind: str = KIND, now: datetime = NOW) -> examples.Examples:
    return examples.examples(scene.actor, scene.connection, kind, now=now)


def test_looking_asks_the_sis_nothing(scene):
    scene.students_file.unlink()
    assert (shown(scene), examples.fields(scene.connection, KIND, now=NOW)) == (
        examples.Examples(),
        examples.Fields(),
    )


def test_the_fields_of_the_sis_as_read(scene):
    read(scene)
    found = examples.fields(scene.connection, KIND, now=NOW)
    assert (found.fields, found.read_at) == (tuple(SourceField(name, name) for name in HEADER), NOW)


def test_each_example_with_its_record_and_one_that_the_sis_does_not_have(scene):
    read(scene)
    first, second = shown(scene).found
    assert (first.key, first.record.values["first"], first.trouble) == ("000001", "Given1", None)
    assert (second.key, second.record, second.trouble) == ("000009", None, None)


def test_one_example_that_cannot_be_read_does_not_hide_the_others(scene):
    scene.write_students([child(1), child(2), child(2, first="Another")])
    choose(scene, "000002", "000001")
    read(scene)
    wrong, right = shown(scene).found
    assert (wrong.record, wrong.trouble.code) == (None, "id-repeated")
    assert right.record.values["first"] == "Given1"


def test_the_first_schools_are_the_examples_of_a_school_mapping(scene):
    read(scene, "schools")
    assert [each.record.values["name"] for each in shown(scene, "schools").found] == [
        "Cedar Ridge",
        "Oak Hill",
    ]


def test_examples_are_gone_after_an_hour_and_the_lists_stay_a_day(scene):
    read(scene)
    later = NOW + timedelta(minutes=60)
    assert shown(scene, now=later - timedelta(seconds=1)).read_at == NOW
    assert shown(scene, now=later) == examples.Examples()
    assert examples.fields(scene.connection, KIND, now=later).read_at == NOW
    assert examples.fields(scene.connection, KIND, now=NOW + timedelta(days=1)).read_at is None


def test_other_examples_are_not_those_that_were_read(scene):
    read(scene)
    choose(scene, "000002")
    assert shown(scene) == examples.Examples()
    read(scene)
    assert [each.key for each in shown(scene).found] == ["000002"]


def test_what_fails_says_why_for_five_minutes(scene):
    scene.students_file.unlink()
    read(scene)
    found = examples.fields(scene.connection, KIND, now=NOW)
    assert (found.fields, found.trouble.sentence, found.trouble.remedy) == (
        (),
        shown(scene).trouble.sentence,
        shown(scene).trouble.remedy,
    )
    assert str(scene.students_file) in found.trouble.sentence
    after = NOW + timedelta(minutes=5)
    assert (shown(scene, now=after).read_at, examples.fields(scene.connection, KIND, now=after).read_at) == (
        None,
        None,
    )


def test_the_codes_of_the_sis_and_why_there_are_none(scene):
    assert examples.codes(scene.connection, now=NOW).read_at is None
    assert examples.read_codes(scene.actor, scene.connection, now=NOW).trouble is None
    assert examples.codes(scene.connection, now=NOW).read_at == NOW


def test_nothing_stands_in_the_database_as_it_is_read(scene):
    read(scene)
    kept = [(bytes(row.sealed), f"{row.name}{row.key}") for row in Glimpse.objects.all()]
    assert [(b"Given1" in sealed, "Given1" in named) for sealed, named in kept] == [(False, False)] * 2


def test_what_was_moved_to_another_name_does_not_open(scene):
    read(scene)
    Glimpse.objects.filter(name="fields/students").delete()
    Glimpse.objects.filter(name="examples/students").update(name="fields/students")
    with pytest.raises(NeedsAdmin) as refused:
        examples.fields(scene.connection, KIND, now=NOW)
    assert refused.value.code == "credential-damaged"


def test_new_credentials_and_archiving_forget_all_that_was_seen(scene):
    read(scene)
    connections.rotate(scene.actor, scene.connection, {"id_column": "id"})
    assert Glimpse.objects.count() == 0
    read(scene)
    Assignment.objects.all().delete()
    connections.archive(scene.actor, scene.connection)
    assert Glimpse.objects.count() == 0


def test_each_minute_what_had_its_time_is_deleted_everywhere(scene, outsider):
    read(scene)
    with outsider.scope():
        glimpses.keep(outsider.connection, "codes", [], now=NOW, lasts=timedelta(days=3650))
        glimpses.keep(outsider.connection, "old", [], now=NOW, lasts=timedelta(minutes=1))
    assert glimpses.sweep(NOW + timedelta(minutes=60)) == 2
    assert [row.name for row in Glimpse.objects.all()] == ["fields/students"]
    with outsider.scope():
        assert [row.name for row in Glimpse.objects.all()] == ["codes"]


def test_reading_needs_the_right_to_map_and_to_see_students(scene):
    mapper = frozenset({Permission.MANAGE_MAPPINGS})
    for permissions, lacking in ((LIMITED_ACCESS, r"mapping\.manage"), (mapper, r"student\.view")):
        with pytest.raises(NeedsAdmin, match=lacking):
            examples.read(Actor("x", scene.organization.pk, permissions), scene.connection, KIND, now=NOW)
    with pytest.raises(NeedsAdmin, match=r"student\.view"):
        examples.examples(Actor("x", scene.organization.pk, frozenset()), scene.connection, KIND, now=NOW)
