"""Mappings are kept as versions: nothing is ever changed, and nobody's work is lost unseen."""

import pytest

from scene import STUDENT_RULES, Scene, document
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import from_document
from yellowbus.setup import mappings
from yellowbus.setup.models import MappingVersion
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor

FEWER = document("students", STUDENT_RULES[:-1])


def test_each_save_is_a_new_version(scene: Scene) -> None:
    with scene.scope():
        first = mappings.current(scene.connection, "students")
        second = mappings.save(scene.actor, scene.connection, FEWER, note="phone left out")
        assert (first.number, second.number, second.note) == (1, 2, "phone left out")
        assert mappings.current(scene.connection, "students") == second
        assert len(mappings.mapping_of(first).rules) == len(mappings.mapping_of(second).rules) + 1


def test_an_equal_document_is_not_saved_again(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, document("students", STUDENT_RULES))
        assert MappingVersion.objects.filter(kind="students").count() == 1


def test_each_kind_counts_for_itself(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER)
        assert mappings.current(scene.connection, "schools").number == 1


def test_who_started_from_an_older_version_is_told(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER, seen=1)
        with pytest.raises(NeedsAdmin) as refused:
            mappings.save(scene.actor, scene.connection, document("students", STUDENT_RULES[:-2]), seen=1)
    assert (refused.value.code, refused.value.facts["newest"], refused.value.facts["author"]) == (
        "mapping-changed-meanwhile",
        2,
        "operator",
    )


def test_an_old_version_can_be_looked_up_and_an_unknown_one_is_refused(scene: Scene) -> None:
    with scene.scope():
        mappings.save(scene.actor, scene.connection, FEWER)
        old = mappings.version(scene.connection, "students", 1)
        assert from_document(old.document) == from_document(document("students", STUDENT_RULES))
        with pytest.raises(NeedsAdmin) as refused:
            mappings.version(scene.connection, "students", 7)
    assert refused.value.facts == {"number": 7, "newest": 2}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (FEWER | {"format": 2}, "mapping-newer"),
        (FEWER | {"surprise": 1}, "mapping-unknown-key"),
        (FEWER | {"kind": "teachers"}, "mapping-wrong-value"),
    ],
)
def test_a_document_that_is_not_understood_leaves_no_version(
    scene: Scene, broken: dict[str, object], code: str
) -> None:
    with scene.scope():
        with pytest.raises(NeedsAdmin) as refused:
            mappings.save(scene.actor, scene.connection, broken)
        assert (refused.value.code, MappingVersion.objects.filter(kind="students").count()) == (code, 1)


def test_saving_needs_its_permission(scene: Scene) -> None:
    clerk = Actor("clerk", scene.organization.pk, LIMITED_ACCESS)
    with scene.scope(), pytest.raises(NeedsAdmin, match=r"mapping\.manage"):
        mappings.save(clerk, scene.connection, FEWER)
