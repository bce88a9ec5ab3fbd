"""A draft is one person's, begins with a change, and cannot overwrite what another saved meanwhile."""

from dataclasses import replace

import pytest

from scene import STUDENT_RULES, direct
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import ContactSlot, FieldRule, MappingType
from yellowbus.records import WriteRule
from yellowbus.setup import audit, drafts, mappings
from yellowbus.setup.models import MappingDraft, MappingVersion
from yellowbus.setup.permissions import LIMITED_ACCESS, Actor, Permission

KIND = "students"
MIDDLE = FieldRule("students.mname", MappingType.DIRECT, source="first")


@pytest.fixture
def scene(scene):
    with scene.scope():
        yield scene


@pytest.fixture
def someone(scene):
    return Actor("someone@lakeview.example", scene.organization.pk, frozenset({Permission.MANAGE_MAPPINGS}))


def stored() -> int:
    return MappingDraft.objects.count()


def sources(document) -> dict[str, str | None]:
    return {rule.field: rule.source for rule in from_document(document).rules}


def test_looking_begins_no_draft(scene):
    draft = drafts.look(scene.actor, scene.connection, KIND)
    assert (draft.pk, draft.base, draft.document, stored()) == (
        None,
        1,
        mappings.current(scene.connection, KIND).document,
        0,
    )


def test_where_nothing_is_saved_the_draft_starts_from_nothing(scene):
    MappingVersion.objects.filter(kind=KIND).delete()
    draft = drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    assert (draft.base, sources(draft.document)) == (0, {"students.mname": "first"})
    assert drafts.save(scene.actor, scene.connection, KIND).number == 1


def test_a_change_is_kept_and_the_saved_mapping_stays(scene):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    draft = drafts.look(scene.actor, scene.connection, KIND)
    assert sources(draft.document)["students.mname"] == "first"
    assert drafts.changed(draft) == {"students.mname"}
    assert "students.mname" not in sources(mappings.current(scene.connection, KIND).document)


def test_a_rule_takes_the_place_of_that_of_its_field(scene):
    before = list(sources(drafts.look(scene.actor, scene.connection, KIND).document))
    other = FieldRule("students.fname", MappingType.DIRECT, source="last")
    draft = drafts.change_rule(scene.actor, scene.connection, KIND, other)
    assert list(sources(draft.document)) == before
    assert sources(draft.document)["students.fname"] == "last"


def test_a_field_that_was_mapped_twice_is_mapped_once_after_its_change(scene):
    scene.map(KIND, [*STUDENT_RULES, direct("students.phone", "first"), direct("students.phone", "last")])
    draft = drafts.change_rule(scene.actor, scene.connection, KIND, replace(MIDDLE, field="students.phone"))
    assert [rule.field for rule in from_document(draft.document).rules].count("students.phone") == 1


def test_taking_a_change_back_ends_the_draft(scene):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    draft = drafts.change_rule(
        scene.actor, scene.connection, KIND, FieldRule("students.mname", write_rule=WriteRule.IF_BLANK)
    )
    assert (draft.pk, drafts.changed(draft), stored()) == (None, set(), 0)


def test_each_person_has_a_draft_of_each_kind(scene, someone):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    drafts.change_rule(someone, scene.connection, KIND, replace(MIDDLE, source="last"))
    drafts.change_rule(
        someone,
        scene.connection,
        "schools",
        FieldRule("schools.description", MappingType.DIRECT, source="street"),
    )
    kept = {(row.author, row.kind) for row in MappingDraft.objects.all()}
    assert kept == {
        ("operator", KIND),
        ("someone@lakeview.example", KIND),
        ("someone@lakeview.example", "schools"),
    }


def test_saving_makes_the_next_version_and_ends_the_draft(scene):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    kept = drafts.save(scene.actor, scene.connection, KIND, note="Middle names")
    assert (kept.number, kept.note, sources(kept.document)["students.mname"], stored()) == (
        2,
        "Middle names",
        "first",
        0,
    )


def test_discarding_ends_the_draft_and_is_told_in_the_audit(scene):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    drafts.discard(scene.actor, scene.connection, KIND)
    drafts.discard(scene.actor, scene.connection, KIND)  # nothing is left to discard, nothing is told
    assert stored() == 0
    assert [event.verb for event in audit.events("mapping.discard")[0]] == ["mapping.discard"]


def test_of_two_administrators_the_second_is_told_and_nothing_is_lost(scene, someone):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    drafts.change_rule(someone, scene.connection, KIND, replace(MIDDLE, field="students.suffix"))
    drafts.save(someone, scene.connection, KIND)
    with pytest.raises(NeedsAdmin, match="saved version 2") as refused:
        drafts.save(scene.actor, scene.connection, KIND)
    assert refused.value.code == "mapping-changed-meanwhile"
    assert drafts.changed(drafts.look(scene.actor, scene.connection, KIND)) == {"students.mname"}
    assert mappings.current(scene.connection, KIND).number == 2


def test_keeping_mine_lays_my_changes_on_the_newest_version(scene, someone):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    drafts.change_rule(scene.actor, scene.connection, KIND, replace(MIDDLE, field="students.phone"))
    drafts.change_rule(scene.actor, scene.connection, KIND, FieldRule("students_annual.grade"))
    drafts.change_rule(someone, scene.connection, KIND, replace(MIDDLE, field="students.suffix"))
    drafts.change_rule(someone, scene.connection, KIND, replace(MIDDLE, field="students.phone", source="id"))
    drafts.change_rule(someone, scene.connection, KIND, FieldRule("students_annual.sis_enroll_status"))
    drafts.save(someone, scene.connection, KIND)
    draft = drafts.keep_mine(scene.actor, scene.connection, KIND)
    found = sources(draft.document)
    names = (
        "students.mname",
        "students.phone",
        "students.suffix",
        "students_annual.grade",
        "students_annual.sis_enroll_status",
    )
    assert [found.get(name) for name in names] == ["first", "first", "first", None, None]
    assert (draft.base, drafts.changed(draft)) == (
        2,
        {"students.mname", "students.phone", "students_annual.grade"},
    )
    assert drafts.save(scene.actor, scene.connection, KIND).number == 3


def test_keeping_mine_ends_a_draft_that_says_what_the_other_saved(scene, someone):
    drafts.change_rule(scene.actor, scene.connection, KIND, MIDDLE)
    drafts.change_rule(someone, scene.connection, KIND, MIDDLE)
    drafts.save(someone, scene.connection, KIND)
    assert drafts.keep_mine(scene.actor, scene.connection, KIND).pk is None


def test_a_contact_slot_is_one_thing_that_changes(scene, someone):
    slot = ContactSlot("guardian1", (FieldRule("fname", MappingType.DIRECT, source="first"),), id_field="id")
    draft = drafts.change(
        scene.actor, scene.connection, KIND, lambda mapping: replace(mapping, contact_slots=(slot,))
    )
    assert drafts.changed(draft) == {"guardian1"}
    drafts.change_rule(someone, scene.connection, KIND, MIDDLE)
    drafts.save(someone, scene.connection, KIND)
    kept = from_document(drafts.keep_mine(scene.actor, scene.connection, KIND).document)
    assert ([each.slot for each in kept.contact_slots], kept.rules[-1].field) == (
        ["guardian1"],
        "students.mname",
    )


@pytest.mark.parametrize("verb", [drafts.look, drafts.discard, drafts.save, drafts.keep_mine])
def test_who_may_not_manage_mappings_has_no_draft(scene, verb):
    nobody = Actor("nobody", scene.organization.pk, LIMITED_ACCESS)
    with pytest.raises(NeedsAdmin, match=r"mapping\.manage"):
        verb(nobody, scene.connection, KIND)
    with pytest.raises(NeedsAdmin, match=r"mapping\.manage"):
        drafts.change_rule(nobody, scene.connection, KIND, MIDDLE)
