"""The panel of Contact Mapping: who may take which place, who of the example does, and why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from people import District
from reading import text_of
from scene import STUDENT_RULES, direct
from yellowbus.connectors.base import SourceField
from yellowbus.enroll.models import Student
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import ContactSlot, MappingType
from yellowbus.records import Record
from yellowbus.runs.models import SeenCodes
from yellowbus.setup import glimpses, mappings
from yellowbus.setup.examples import Example, Examples, Fields
from yellowbus.setup.models import MappingDraft
from yellowbus.setup.options import Options, write_options

FIELDS = (
    SourceField("id", "Student number"),
    SourceField("c.id", "Contact ID", contact=True),
    SourceField("c.first", "Contact first name", contact=True),
    SourceField("c.last", "Contact last name", contact=True),
    SourceField("c.custody", "Has custody", type="boolean", contact=True),
    SourceField("c.rel", "Relationship", codes="relationship", contact=True),
    SourceField("c.order", "Contact priority", type="integer", contact=True),
    SourceField("c.phone", "Contact phone", contact=True),
)
CONTACTS = (
    {
        "c.id": "71",
        "c.first": "Ana",
        "c.last": "Ruiz",
        "c.custody": "true",
        "c.rel": "Mother",
        "c.order": "2",
    },
    {"c.id": "72", "c.first": "Bo", "c.last": "Ruiz", "c.custody": "true", "c.rel": "Father", "c.order": "1"},
    {"c.id": "73", "c.first": "Cy", "c.last": "Ruiz", "c.custody": "false", "c.rel": "Uncle", "c.order": "3"},
    {"c.id": "74", "c.first": "Di", "c.last": "Ruiz", "c.custody": "true", "c.rel": "Aunt", "c.order": "4"},
)
NO_PLACE = "– no place"  # noqa: RUF001 (a dash is meant)
NASTY = [
    "<script>alert(1)</script>",
    "=cmd()",
    "Öğrenci 学生",
    "'; DROP TABLE x --",
    '"><img src=x>',
    "{{ 7 }}",
]


def slot(number: int, group: str = "guardian", **more: Any) -> dict[str, Any]:
    rules = [
        {"field": "fname", "type": "direct", "source": "c.first"},
        {"field": "lname", "type": "direct", "source": "c.last"},
    ]
    return {
        "slot": f"{group}{number}", "flags": ["c.custody"], "sort": ["c.order"], "id_field": "c.id", "rules": rules,
    } | more  # fmt: skip


@pytest.fixture
def district(db: None, plain: None, tmp_path: Any) -> District:
    """Two guardians are mapped; the example has four contacts."""
    made = District(tmp_path).ready()
    save(made, slot(1), slot(2))
    with made.scope():
        write_options(made.connection, Options(examples=("000001",)))
    shows(made, CONTACTS)
    return made


def save(district: District, *slots: dict[str, Any], rules: Any = STUDENT_RULES) -> None:
    document = {"format": 1, "kind": "students", "rules": list(rules), "contact_slots": list(slots)}
    with district.scope():
        mappings.save(district.actor, district.connection, document)


def shows(district: District, contacts: Any, fields: Any = FIELDS) -> None:
    """What the SIS showed lately: its fields, and the example with these contacts."""
    example = Example("000001", Record({"id": "000001"}, contacts))
    now = timezone.now()
    for name, value in (("fields/students", Fields(fields)), ("examples/students", Examples((example,)))):
        with district.scope():
            glimpses.keep(district.connection, name, value, now=now, lasts=timedelta(hours=1))


def path(district: District, name: str = "guardian") -> str:
    return f"/connections/{district.connection.pk}/mapping/students/fields/panel/contacts/{name}/"


def get(district: District, name: str = "guardian") -> Any:
    return district.client("full").get(path(district, name))


def boxes(number: int, **more: Any) -> dict[str, Any]:
    """What the form sends of one guardian, as `slot` has it, with these boxes changed."""
    at = f"guardian{number}"
    plain = {
        "flag": ["c.custody"], "flag_more": "", "rel_field": "", "rel_more": "", "sort": ["c.order", "", ""],
        "id": "c.id",
        "from.fname": "c.first", "from.lname": "c.last", "from.phone_home": "", "from.relationship": "",
    }  # fmt: skip
    return {f"{at}.{name}": value for name, value in {**plain, **more}.items()}


def post(district: District, *forms: dict[str, Any], do: str = "save", name: str = "guardian") -> Any:
    given: dict[str, Any] = {"do": do}
    for form in forms:
        given |= form
    return district.client("full").post(path(district, name), given)


def slots(district: District) -> list[ContactSlot]:
    """The slots as the draft has them; as saved where there is none."""
    with district.scope():
        draft = MappingDraft.objects.filter(kind="students").first()
        document = draft.document if draft else mappings.current(district.connection, "students").document
    return list(from_document(document).contact_slots)


def seats(page: Any) -> list[list[str]]:
    """The table of places: place, contact, why."""
    table = re.search(r'<table class="stacked codes seats">(.*?)</table>', page.content.decode(), re.DOTALL)
    assert table is not None
    found = re.findall(r"<tr>(<td.*?)</tr>", table[1], re.DOTALL)
    return [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"<td.*?>(.*?)</td>", row, re.DOTALL)
        ]
        for row in found
    ]


# --- who takes which place ---


def test_the_example_is_told_with_the_reason_of_each_place(district: District) -> None:
    by = "by Contact priority, then Contact ID"
    assert seats(get(district)) == [
        ["Guardian 1", "Bo Ruiz · 72", f"the first still free of 3 that fit, {by}"],
        ["Guardian 2", "Ana Ruiz · 71", f"the first still free of 3 that fit, {by}"],
        [NO_PLACE, "Cy Ruiz · 73", "does not fit: Has custody"],
        [NO_PLACE, "Di Ruiz · 74", "fits, but every place was taken before its turn"],
    ]


def test_a_contact_that_enroll_has_in_the_place_stays_in_it(district: District) -> None:
    held = {"2026": {"guardian1_sis_contact_id": "71"}}
    with district.scope():
        Student.objects.create(
            instance=district.instance, lasting={"student_district_id": "000001"}, annual=held
        )
    first, second = seats(get(district))[:2]
    assert first == ["Guardian 1", "Ana Ruiz · 71", "Enroll has this contact here already, and it still fits"]
    assert second[1] == "Bo Ruiz · 72"


def test_a_place_that_nobody_takes_says_why(district: District) -> None:
    shows(district, CONTACTS[2:3])
    assert seats(get(district))[0] == ["Guardian 1", "nobody", "no contact fits"]
    shows(district, CONTACTS[:1])
    assert [row[2] for row in seats(get(district))] == [
        "the only contact that fits",
        "every contact that fits has another place",
    ]


def test_without_an_example_the_places_can_still_be_set(district: District) -> None:
    with district.scope():
        write_options(district.connection, Options())
    told = text_of(get(district))
    assert ("Choose an example student" in told, "Guardian 2" in told) == (True, True)


def test_a_sis_without_contacts_as_rows_says_so(district: District) -> None:
    save(district)
    shows(district, (), FIELDS[:1])
    assert "gives no contacts as rows" in text_of(get(district))


@pytest.mark.parametrize("name", ["doctor", "guardian1x", "students.fname"])
def test_a_group_that_there_is_not_is_not_found(district: District, name: str) -> None:
    assert get(district, name).status_code == 404


def test_the_contact_fields_are_offered_with_their_mark_and_no_others(district: District) -> None:
    options = re.findall(r'<option value="([^"]*)" label="([^"]*)">', get(district).content.decode())
    offered = [(value, label) for value, label in options if value.startswith("c.") or value == "id"]
    assert offered[:2] == [
        ("c.id", "Contact ID (contact): 71"),
        ("c.first", "Contact first name (contact): Ana"),
    ]
    assert len(offered) == len(FIELDS) - 1


def test_the_place_that_was_asked_for_is_open(district: District) -> None:
    page = get(district, "guardian2").content.decode()
    assert re.findall(r'id="slot-(\w+)"( open)?', page) == [("guardian1", ""), ("guardian2", " open")]


# --- what is changed ---


def test_what_is_chosen_enters_the_draft_and_the_example_follows(district: District) -> None:
    page = post(district, boxes(1, flag=[], rel_field="c.rel", rel=["Uncle"]), boxes(2))
    first = slots(district)[0]
    assert (first.flags, first.relationship_field, first.relationships) == ((), "c.rel", ("Uncle",))
    assert seats(page)[0][1:] == ["Cy Ruiz · 73", "the only contact that fits"]
    with district.scope():
        kept = from_document(mappings.current(district.connection, "students").document)
    assert kept.contact_slots[0].flags == ("c.custody",)


def test_a_slot_that_is_sent_as_it_is_changes_nothing(district: District) -> None:
    post(district, boxes(1), boxes(2))
    with district.scope():
        assert MappingDraft.objects.count() == 0


def test_labels_are_taken_for_names(district: District) -> None:
    post(
        district,
        boxes(
            1,
            id="contact id",
            sort=["Contact Priority", "c.last", ""],
            flag_more="has custody",
            rel_field="Relationship",
        ),
    )
    first = slots(district)[0]
    assert (first.id_field, first.sort, first.flags, first.relationship_field) == (
        "c.id", ("c.order", "c.last"), ("c.custody",), "c.rel",
    )  # fmt: skip


def test_relationships_are_ticked_and_typed(district: District) -> None:
    post(district, boxes(1, rel_field="c.rel", rel=["Mother"], rel_more="Step mother, Mother,,"))
    assert slots(district)[0].relationships == ("Mother", "Step mother")


def test_relationships_seen_in_the_sis_are_offered(district: District) -> None:
    save(district, slot(1, relationship_field="c.rel", relationships=["aunt", "Nurse"]))
    with district.scope():
        SeenCodes.objects.create(
            connection=district.connection, kind="students", field="c.rel", counts={"Mother": 5, "Aunt": 9}, blank=0,
            others=0, at=timezone.now(),
        )  # fmt: skip
    page = get(district).content.decode()
    assert re.findall(r'name="guardian1.rel" value="(\w+)"( checked)?', page) == [
        ("Aunt", " checked"), ("Mother", ""), ("Father", ""), ("Uncle", ""), ("Nurse", " checked"),
    ]  # fmt: skip


def test_a_part_begins_as_its_kind_of_field_needs_it(district: District) -> None:
    parts = {"from.phone_home": "c.phone", "from.relationship": "c.rel", "from.email": "c.mail"}
    post(district, boxes(1, **parts))
    rules = {rule.field: rule for rule in slots(district)[0].rules}
    assert [
        (rules[part].type, [step.use for step in rules[part].steps])
        for part in ("phone_home", "relationship", "email")
    ] == [
        (MappingType.TRANSFORMATION, ["phone-number"]),
        (MappingType.MATCH_CODES, ["match-codes"]),
        (MappingType.DIRECT, []),
    ]


def test_a_part_without_a_source_is_not_mapped_any_more(district: District) -> None:
    post(district, boxes(1, **{"from.lname": ""}))
    assert [rule.field for rule in slots(district)[0].rules] == ["fname"]


def test_another_source_keeps_the_steps(district: District) -> None:
    post(district, boxes(1, **{"from.phone_home": "c.phone"}))
    post(district, boxes(1, **{"from.phone_home": "c.last"}))
    phone = slots(district)[0].rules[-1]
    assert (phone.source, [step.use for step in phone.steps]) == ("c.last", ["phone-number"])


def test_overwrite_is_ticked_field_by_field(district: District) -> None:
    post(district, boxes(1, overwrite=["lname"]))
    assert [(rule.field, rule.overwrite) for rule in slots(district)[0].rules] == [
        ("fname", False),
        ("lname", True),
    ]


def test_a_place_is_added_as_the_last_one_is_and_taken_away_again(district: District) -> None:
    page = post(district, boxes(1), boxes(2), do="add")
    assert (
        slots(district)[2]
        == from_document({"format": 1, "kind": "students", "contact_slots": [slot(3)]}).contact_slots[0]
    )
    assert seats(page)[2][:2] == ["Guardian 3", "Di Ruiz · 74"]
    post(district, do="remove guardian2")
    assert [each.slot for each in slots(district)] == ["guardian1", "guardian3"]
    post(district, do="add")
    assert [each.slot for each in slots(district)] == ["guardian1", "guardian2", "guardian3"]


def test_what_was_typed_is_kept_when_a_place_is_added(district: District) -> None:
    post(district, boxes(1, sort=["c.last"]), do="add")
    assert slots(district)[0].sort == ("c.last",)


def test_enroll_has_four_places_and_a_fifth_is_refused_calmly(district: District) -> None:
    save(district, *(slot(number) for number in (1, 2, 3, 4)))
    answer = post(district, do="add")
    assert (answer.status_code, "Enroll has 4 such places" in text_of(answer)) == (200, True)
    assert "Add Guardian" not in text_of(get(district))


def test_the_first_place_of_a_group_begins_empty_where_no_ready_mapping_has_it(district: District) -> None:
    page = post(district, do="add", name="emergency")
    assert slots(district)[-1] == ContactSlot("emergency1")
    assert "Emergency Contact 1" in text_of(page)


def test_a_field_that_a_rule_of_its_own_fills_is_not_filled_twice(district: District) -> None:
    alone = direct("students_annual.guardian3_fname", "first")
    save(district, slot(1), slot(2), rules=[*STUDENT_RULES, alone])
    page = post(district, do="add")
    assert [rule.field for rule in slots(district)[2].rules] == ["lname"]
    assert "mapped by itself from first" in text_of(page)


def test_what_is_wrong_with_a_place_is_said_there(district: District) -> None:
    page = post(district, boxes(1, id=""))
    assert re.search(r'id="slot-guardian1" open', page.content.decode())
    assert "guardian1" in text_of(page)


def test_a_contact_of_another_group_stays_as_it_is(district: District) -> None:
    save(district, slot(1), slot(1, "emergency"))
    post(district, {"emergency1.id": "c.order"}, boxes(1, sort=["c.last"]))
    assert [each.id_field for each in slots(district)] == ["c.id", "c.id"]


@pytest.mark.parametrize("text", NASTY)
def test_whatever_is_typed_is_kept_and_shown_as_text(district: District, text: str) -> None:
    page = post(
        district, boxes(1, id=text, flag_more=text, rel_field=text, sort=[text], **{"from.fname": text})
    ).content.decode()
    first = slots(district)[0]
    assert (first.id_field, first.flags[-1], first.relationship_field, first.sort) == (
        text,
        text,
        text,
        (text,),
    )
    assert ("<script>alert" in page, "<img" in page) == (False, False)


def test_what_is_too_long_is_refused_and_the_draft_stays(district: District) -> None:
    answer = post(district, boxes(1, id="x" * 201))
    assert (answer.status_code, "longer than 200 characters" in text_of(answer)) == (200, True)
    assert slots(district)[0].id_field == "c.id"


def test_a_null_character_reaches_no_database(district: District) -> None:
    assert post(district, boxes(1, rel_more="a\0b")).status_code == 200
    assert slots(district)[0].relationships == ("ab",)


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_contact_is_called_is_shown_as_text(district: District, text: str) -> None:
    shows(district, [{**CONTACTS[0], "c.first": text, "c.rel": text}])
    save(district, slot(1, relationship_field="c.rel"))
    page = get(district).content.decode()
    assert ("<script>alert" in page, "<img" in page) == (False, False)


def test_a_school_mapping_has_no_contacts(district: District) -> None:
    where = path(district).replace("/students/", "/schools/")
    assert district.client("full").get(where).status_code == 404
