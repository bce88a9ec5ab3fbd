"""Whole versions: restored, copied to another connection of the same kind of SIS, read from a file."""

import json

import pytest

from scene import STUDENT_RULES, Scene, direct, document
from yellowbus.enroll.models import CustomField, Instance
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import to_document
from yellowbus.setup import audit, connections, mappings, versions
from yellowbus.setup.models import Connection, MappingVersion
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor

BUS = direct("custom.bus", "phone")
FEWER = document("students", STUDENT_RULES[:-1])


@pytest.fixture
def sandbox(scene: Scene) -> Connection:
    """A connection of the same kind to the Sandbox, with an own students' file and no mapping."""
    with scene.scope():
        site = Instance.objects.create(organization=scene.organization, environment="sandbox")
        file = scene.folder / "sandbox.csv"
        file.write_text("id,first,last,dob,school,grade,status\n", "utf-8")
        given = {"students_file": str(file), "schools_file": str(scene.schools_file), "id_column": "id"}
        return connections.add(scene.actor, site.pk, name="CSV Sandbox", system="flatfile", credentials=given)


def code_of(refused: pytest.ExceptionInfo[NeedsAdmin]) -> str:
    return refused.value.code


# --- restore ---


def test_a_restored_version_is_the_next_one_and_says_where_from(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER)
        kept = versions.restore(scene.actor, scene.connection, "students", 1, seen=2)
        first = mappings.version(scene.connection, "students", 1)
        (event,) = audit.events("mapping.restore")[0]
    assert (kept.number, kept.note, kept.document) == (3, "Restored from version 1", first.document)
    assert event.facts == {"version": 3, "restored": 1}


def test_what_stands_already_is_not_saved_again(scene: Scene) -> None:
    with scene.scope():
        kept = versions.restore(scene.actor, scene.connection, "students", 1, seen=1)
        assert (kept.number, audit.events("mapping.restore")[1]) == (1, 0)


def test_a_restore_over_another_ones_save_is_refused(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER)
        with pytest.raises(NeedsAdmin) as refused:
            versions.restore(scene.actor, scene.connection, "students", 1, seen=1)
        assert MappingVersion.objects.filter(kind="students").count() == 2
    assert code_of(refused) == "mapping-changed-meanwhile"


# --- copy ---


def test_a_copy_leaves_out_what_the_target_lacks_and_names_it(scene: Scene, sandbox: Connection) -> None:
    with scene.scope():
        CustomField.objects.create(instance=scene.instance, key="bus", label="Bus Route")
        scene.map("students", [*STUDENT_RULES, BUS])
        fitted = versions.copied(scene.actor, scene.connection, sandbox, "students")
    assert [each.sentence for each in fitted.left_out] == [
        "Student Phone: the SIS of this connection has no phone.",
        "custom.bus: Enroll has no such field here.",
    ]
    assert [rule["field"] for rule in fitted.document["rules"]] == [
        rule["field"] for rule in STUDENT_RULES[:-1]
    ]


def test_a_copy_saves_nothing_by_itself(scene: Scene, sandbox: Connection) -> None:
    with scene.scope():
        versions.copied(scene.actor, scene.connection, sandbox, "students")
        assert MappingVersion.objects.filter(connection=sandbox).count() == 0


def test_a_contact_slot_chosen_by_a_field_that_lacks_is_left_out_whole(
    scene: Scene, sandbox: Connection
) -> None:
    slot = {"slot": "guardian1", "rules": [direct("fname", "first")], "flags": ["custody"], "id_field": "id"}
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER | {"contact_slots": [slot]})
        fitted = versions.copied(scene.actor, scene.connection, sandbox, "students")
    assert (fitted.document["contact_slots"], [each.lacks for each in fitted.left_out]) == ([], ["custody"])


def test_copies_are_offered_from_either_site_and_only_of_the_same_kind(
    scene: Scene, sandbox: Connection
) -> None:
    with scene.scope():
        Connection.objects.create(
            organization=scene.organization, instance=scene.instance, name="Other", system="powerschool"
        )
        assert [each.name for each in versions.offered(sandbox, "students")] == ["CSV"]
        assert versions.offered(scene.connection, "students") == []  # the Sandbox has none yet
        mappings.save(scene.actor, sandbox, FEWER)
        assert [each.name for each in versions.offered(scene.connection, "students")] == ["CSV Sandbox"]


def test_a_copy_from_another_kind_of_sis_is_refused(scene: Scene) -> None:
    with scene.scope():
        other = Connection.objects.create(
            organization=scene.organization, instance=scene.instance, name="Other", system="powerschool"
        )
        with pytest.raises(NeedsAdmin) as refused:
            versions.copied(scene.actor, other, scene.connection, "students")
    assert code_of(refused) == "copy-other-system"


def test_a_copy_from_another_district_is_refused(scene: Scene, outsider: Scene) -> None:
    with scene.scope(), pytest.raises(NeedsAdmin) as refused:
        versions.copied(scene.actor, outsider.connection, scene.connection, "students")
    assert code_of(refused) == "connection-gone"


def test_copying_needs_its_permission(scene: Scene, sandbox: Connection) -> None:
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin, match=r"mapping\.manage"):
        versions.copied(clerk, scene.connection, sandbox, "students")


# --- a file ---


def read(scene: Scene, raw: bytes, kind: str = "students") -> versions.Fitted:
    with scene.scope():
        return versions.from_file(scene.actor, scene.connection, kind, raw, name="mapping.json")


def test_a_file_is_read_as_it_was_downloaded(scene: Scene) -> None:
    with scene.scope():
        kept = mappings.current(scene.connection, "students")
        again = to_document(mappings.mapping_of(kept))
    fitted = read(scene, json.dumps(again).encode())
    assert (fitted.document, fitted.left_out) == (kept.document, ())


def test_of_a_file_a_custom_field_that_is_not_here_is_left_out(scene: Scene) -> None:
    fitted = read(scene, json.dumps(document("students", [*STUDENT_RULES, BUS])).encode())
    assert [each.field for each in fitted.left_out] == ["custom.bus"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe", "document-not-read"),
        (b"{", "document-not-read"),
        (b"[" * 100_000, "document-not-read"),
        (b" " * (versions.MOST_BYTES + 1), "document-not-read"),
        (b"[]", "mapping-wrong-value"),
        (b'{"format": 99, "kind": "students"}', "mapping-newer"),
        (b'{"format": 1, "kind": "schools", "rules": []}', "mapping-other-kind"),
        (b'{"format": 1, "kind": "students", "rules": [{"field": "students.nothing"}]}', "field-unknown"),
    ],
)
def test_a_file_that_is_none_is_refused(scene: Scene, raw: bytes, code: str) -> None:
    with pytest.raises(NeedsAdmin) as refused:
        read(scene, raw)
    assert code_of(refused) == code


# --- the ready one ---


def test_the_ready_mapping_is_laid_once(scene: Scene) -> None:
    with scene.scope():
        other = Connection.objects.create(
            organization=scene.organization, instance=scene.instance, name="Other", system="powerschool"
        )
        kept = versions.start_ready(scene.actor, other, "students")
        mappings.save(scene.actor, other, FEWER)
        with pytest.raises(NeedsAdmin) as refused:
            versions.start_ready(scene.actor, other, "students")
    assert (kept.number, kept.note, code_of(refused)) == (1, "Ready mapping", "mapping-changed-meanwhile")
