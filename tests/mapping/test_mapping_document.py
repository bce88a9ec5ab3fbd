import json
from typing import Any

import pytest

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import diff_documents, from_document, to_document
from yellowbus.mapping.model import ContactSlot, FieldRule, Mapping, MappingType
from yellowbus.mapping.transforms import Date, IfThenElse, MatchCodes
from yellowbus.mapping.transforms.conditions import Condition, Group
from yellowbus.records import WriteRule

MAPPING = Mapping(
    "students",
    (
        FieldRule("students.fname", MappingType.DIRECT, "First"),
        FieldRule(
            "students_annual.sis_entrydate",
            MappingType.TRANSFORMATION,
            "Entry",
            (Date(("MM/DD/YYYY",)),),
            overwrite=True,
            write_rule=WriteRule.IF_BLANK,
        ),
    ),
    (
        ContactSlot(
            "guardian1", (FieldRule("fname", MappingType.DIRECT, "first"),), flags=("legal",), id_field="id"
        ),
    ),
)
DOCUMENT: dict[str, Any] = {
    "format": 1,
    "kind": "students",
    "rules": [
        {
            "field": "students.fname",
            "type": "direct",
            "source": "First",
            "steps": [],
            "overwrite": False,
            "write_rule": "always",
        },
        {
            "field": "students_annual.sis_entrydate",
            "type": "transformation",
            "source": "Entry",
            "steps": [
                {
                    "use": "date",
                    "source_formats": ["MM/DD/YYYY"],
                    "destination_format": "YYYY-MM-DD",
                    "drop_time": False,
                    "pivot": 30,
                }
            ],
            "overwrite": True,
            "write_rule": "if-blank",
        },
    ],
    "contact_slots": [
        {
            "slot": "guardian1",
            "rules": [
                {
                    "field": "fname",
                    "type": "direct",
                    "source": "first",
                    "steps": [],
                    "overwrite": False,
                    "write_rule": "always",
                }
            ],
            "flags": ["legal"],
            "relationships": [],
            "relationship_field": "",
            "sort": [],
            "id_field": "id",
        }
    ],
}


def copy(document: dict[str, Any] = DOCUMENT) -> dict[str, Any]:
    return json.loads(json.dumps(document))


def refused(document: Any) -> NeedsAdmin:
    with pytest.raises(NeedsAdmin) as caught:
        from_document(document)
    return caught.value


def test_the_document_is_written_in_this_form_and_order() -> None:
    assert json.dumps(to_document(MAPPING)) == json.dumps(DOCUMENT)


def test_the_document_is_read_back() -> None:
    assert from_document(DOCUMENT) == MAPPING


def test_what_is_left_out_has_its_usual_value() -> None:
    rules = [{"field": "students.fname", "type": "direct", "source": "First"}, {"field": "students.mname"}]

    assert from_document({"format": 1, "kind": "students", "rules": rules}) == Mapping(
        "students", (FieldRule("students.fname", MappingType.DIRECT, "First"), FieldRule("students.mname"))
    )


@pytest.mark.parametrize(
    ("alias", "canonical"),
    [
        ("student_annual.guardian1_fname", "students_annual.guardian1_fname"),
        ("students.DOB", "students.dob"),
        (" Students.FName ", "students.fname"),
    ],
)
def test_other_names_of_enroll_fields_are_taken(alias: str, canonical: str) -> None:
    mapping = from_document({"format": 1, "kind": "students", "rules": [{"field": alias}]})

    assert mapping.rules == (FieldRule(canonical),)


def test_an_unknown_enroll_field_is_refused() -> None:
    error = refused({"format": 1, "kind": "students", "rules": [{"field": "students.nose"}]})

    assert error.code == "field-unknown"


def test_a_newer_format_is_refused() -> None:
    error = refused(DOCUMENT | {"format": 2, "novelty": True})

    assert (error.code, error.facts) == ("mapping-newer", {"format": 2, "known": 1})


def spoiled(path: list[str | int], value: Any) -> dict[str, Any]:
    document = copy()
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (["colour"], "document.colour"),
        (["rules", 0, "colour"], "document.rules[0].colour"),
        (["rules", 1, "steps", 0, "colour"], "document.rules[1].steps[0].colour"),
        (["contact_slots", 0, "colour"], "document.contact_slots[0].colour"),
        (["contact_slots", 0, "rules", 0, "colour"], "document.contact_slots[0].rules[0].colour"),
    ],
)
def test_an_unknown_key_is_refused_with_the_path_to_it(path: list[str | int], said: str) -> None:
    error = refused(spoiled(path, "red"))

    assert (error.code, error.facts["path"]) == ("mapping-unknown-key", said)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (["format"], "1", "document.format"),
        (["format"], True, "document.format"),
        (["format"], 0, "document.format"),
        (["kind"], "teachers", "document.kind"),
        (["rules"], {}, "document.rules"),
        (["rules", 0], [], "document.rules[0]"),
        (["rules", 0, "type"], "sideways", "document.rules[0].type"),
        (["rules", 0, "type"], None, "document.rules[0].type"),
        (["rules", 0, "source"], 7, "document.rules[0].source"),
        (["rules", 0, "overwrite"], 1, "document.rules[0].overwrite"),
        (["rules", 0, "overwrite"], "yes", "document.rules[0].overwrite"),
        (["rules", 1, "steps", 0], "date", "document.rules[1].steps[0]"),
        (["rules", 1, "steps", 0, "use"], "guess", "document.rules[1].steps[0].use"),
        (["rules", 1, "steps", 0, "use"], None, "document.rules[1].steps[0].use"),
        (["rules", 1, "steps", 0, "pivot"], True, "document.rules[1].steps[0].pivot"),
        (["rules", 1, "steps", 0, "pivot"], 1.5, "document.rules[1].steps[0].pivot"),
        (["rules", 1, "steps", 0, "source_formats"], [1], "document.rules[1].steps[0].source_formats[0]"),
        (
            ["rules", 1, "steps"],
            [{"use": "match-codes", "table": [["a"]]}],
            "document.rules[1].steps[0].table[0]",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_the_path_to_it(path: list[str | int], value: Any, said: str) -> None:
    error = refused(spoiled(path, value))

    assert (error.code, error.facts["path"]) == ("mapping-wrong-value", said)


@pytest.mark.parametrize("document", [None, [], "text", 1])
def test_what_is_no_object_is_no_document(document: Any) -> None:
    assert refused(document).code == "mapping-wrong-value"


def test_a_key_that_is_needed_must_be_given() -> None:
    error = refused({"format": 1, "kind": "students", "rules": [{"type": "direct"}]})

    assert (error.code, error.facts["path"]) == ("mapping-wrong-value", "document.rules[0].field")


def test_a_document_without_end_is_refused_before_it_fills_the_stack() -> None:
    step: dict[str, Any] = {"use": "upper"}
    for _ in range(200):
        step = {"use": "if-then-else", "then": {"use": "transformation", "steps": [step]}}
    rule = {"field": "students.fname", "type": "transformation", "steps": [step]}

    assert refused({"format": 1, "kind": "students", "rules": [rule]}).code == "mapping-too-deep"


def test_conditions_may_stand_alone_or_in_groups() -> None:
    for when in (Condition(), Group(any_of=True, conditions=(Condition(), Group(conditions=(Condition(),))))):
        rule = FieldRule("students.mname", MappingType.TRANSFORMATION, "M", (IfThenElse(when),))
        mapping = Mapping("students", (rule,))
        assert from_document(to_document(mapping)) == mapping


def test_equal_documents_have_no_difference() -> None:
    assert diff_documents(DOCUMENT, copy()) == []


def test_the_order_of_rules_is_no_difference() -> None:
    assert diff_documents(DOCUMENT, DOCUMENT | {"rules": DOCUMENT["rules"][::-1]}) == []


def test_each_change_is_one_line() -> None:
    after = copy()
    after["rules"][0]["source"] = "Given"
    after["rules"][1]["overwrite"] = False
    after["contact_slots"][0]["rules"][0]["source"] = "given"

    assert diff_documents(DOCUMENT, after) == [
        "students.fname: Source: “First” became “Given”",
        "students_annual.sis_entrydate: Overwrite: on became off",
        "guardian1: fname: Source: “first” became “given”",
    ]


def test_added_and_removed_fields_are_one_line_each() -> None:
    after = copy()
    after["rules"][0]["field"] = "students.mname"

    assert diff_documents(DOCUMENT, after) == [
        "students.fname: removed",
        "students.mname: added, Mapping Type “direct”, Source “First”, Write Rule “always”",
    ]


def test_a_changed_table_names_the_codes_that_changed() -> None:
    def grades(*table: tuple[str, str]) -> dict[str, Any]:
        rule = FieldRule("students_annual.grade", MappingType.MATCH_CODES, "Grade", (MatchCodes(table),))
        return to_document(Mapping("students", (rule,)))

    before = grades(("0", "K"), ("1", "1"), ("2", "2"))

    assert diff_documents(before, grades(("0", "PK"), ("2", "2"), ("3", "3"))) == [
        "students_annual.grade: Match Codes: Codes: 0: “K” became “PK”",
        "students_annual.grade: Match Codes: Codes: 1: removed",
        "students_annual.grade: Match Codes: Codes: 3: added, “3”",
    ]


def test_the_order_of_steps_is_a_change() -> None:
    def named(*uses: str) -> dict[str, Any]:
        rule = {"field": "students.mname", "type": "transformation", "steps": [{"use": use} for use in uses]}
        return to_document(from_document({"format": 1, "kind": "students", "rules": [rule]}))

    assert diff_documents(named("upper", "transliterate"), named("transliterate", "upper")) == [
        "students.mname: 1. Upper: removed",
        "students.mname: 2. Transliterate: removed",
        "students.mname: 1. Transliterate: added, Fold accents first on",
        "students.mname: 2. Upper: added",
    ]
