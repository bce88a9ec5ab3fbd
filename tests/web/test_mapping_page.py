"""The Field Mapping tab: what it shows of the draft and the example, and what a change of a row answers."""

import gzip
import re
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people import signed_in
from scene import STUDENT_RULES, child, direct, steps
from yellowbus.connectors.base import SourceField
from yellowbus.enroll import students
from yellowbus.mapping.document import from_document
from yellowbus.mapping.model import ContactSlot, FieldRule, MappingType
from yellowbus.mapping.transforms import (
    Date,
    EnrollSchoolYear,
    Lower,
    MatchCodes,
    PhoneNumber,
    Today,
    ValueInput,
)
from yellowbus.records import Record, WriteRule
from yellowbus.setup import drafts, examples, glimpses, mappings, options
from yellowbus.setup.models import MappingDraft
from yellowbus.web.mapping_rows import FILTERS

NOW = timezone.now()
HTMX = {"HX-Request": "true"}


@pytest.fixture
def district(district):
    with district.scope():
        students.add_custom_field(district.instance.pk, "bus", "Bus route")
        options.write_options(district.connection, options.Options(examples=("000001", "000002", "000009")))
        district.write_students([child(1), child(2, dob="2015-13-40")])
        yield district


@pytest.fixture
def read(district):
    """The SIS was asked."""
    for kind in ("students", "schools"):
        examples.read(district.actor, district.connection, kind, now=timezone.now())


@pytest.fixture
def browser(district):
    return district.client("full")


def path(district, end: str = "", kind: str = "students") -> str:
    return f"/connections/{district.connection.pk}/mapping/{kind}/fields/{end}"


def get(browser, district, end: str = "", **more) -> str:
    return browser.get(path(district, end, **more)).content.decode()


def change(browser, district, field: str, *, kind: str = "students", **boxes: str) -> str:
    answered = browser.post(path(district, f"rule/{field}/", kind), boxes, headers=HTMX)
    assert answered.status_code == 200
    return answered.content.decode()


def row(page: str, field: str) -> str:
    """The markup of one row."""
    return re.search(rf'<tbody id="f-{re.escape(field)}".*?</tbody>', page, re.DOTALL)[0]


def cell(page: str, field: str, label: str) -> str:
    """The words in one cell of a row."""
    return seen(re.search(rf'<td data-label="{label}">(.*?)(?=<td|<th)', row(page, field), re.DOTALL)[1])


def seen(markup: str) -> str:
    """The words that are seen."""
    return " ".join(
        unescape(re.sub("<[^>]+>", "", re.sub('<span class="unseen">[^<]*</span>', "", markup))).split()
    )


def told(page: str, field: str) -> str:
    """What the row says is wrong."""
    found = re.search(r'<tr class="told">(.*?)</tr>', row(page, field), re.DOTALL)
    return seen(found[1]) if found else ""


def chosen(page: str, field: str, box: str) -> str:
    """What a list of a row has chosen."""
    inside = re.search(rf'<select name="{box}".*?</select>', row(page, field), re.DOTALL)[0]
    return re.search(r'value="([^"]+)" selected', inside)[1]


def tabs(page: str) -> dict[str, str]:
    nav = re.search(r'<nav class="tabs" id="shows".*?</nav>', page, re.DOTALL)[0]
    return dict(re.findall(r'>(\w+) <span class="muted">([^<]+)</span>', nav))


def draft_rule(district, field: str, kind: str = "students") -> FieldRule | None:
    kept = MappingDraft.objects.filter(kind=kind).first()
    rules = from_document(kept.document).rules if kept else ()
    return next((rule for rule in rules if rule.field == field), None)


# --- what is shown ---


def test_every_field_of_enroll_stands_in_its_section_with_what_is_mapped(browser, district, read):
    page = get(browser, district)
    assert re.findall(r"<h2>([^<]+)</h2> <span[^>]*>([^<]+)</span>", page) == [
        ("Student Information", "10 of 34 mapped"),
        ("Guardian Information", "0 of 44 mapped"),
        ("Emergency Contacts Information", "0 of 24 mapped"),
        ("Custom Mapping", "0 of 1 mapped"),
    ]
    assert "10 of 103 fields are mapped. Imports use version 1." in page
    assert [box.split('"')[0] for box in page.split('<tbody id="f-')[1:3]] == [
        "students.student_district_id",
        "students.fname",
    ]


def test_a_row_says_source_type_steps_value_and_write_rule(browser, district, read):
    page = get(browser, district)
    assert 'name="source" list="sources" autocomplete="off" value="dob"' in row(page, "students.dob")
    assert (chosen(page, "students.dob", "type"), cell(page, "students.dob", "Configure")) == (
        "transformation",
        "Date: MM/DD/YYYY",
    )
    assert cell(page, "students.dob", "Mapped Value") == "2015-02-02"
    assert chosen(page, "students.sis_school_year", "write") == "if-blank"
    assert (cell(page, "students.dob", "Overwrite"), 'name="overwrite"' in row(page, "students.phone")) == (
        "never",
        True,
    )


def test_the_sources_are_one_list_with_label_and_value_of_the_example(browser, district, read):
    page = get(browser, district)
    assert page.count("<datalist") == 1
    assert '<option value="first" label="Given1">' in page


def test_the_example_can_be_another_and_one_that_is_missing_cannot(browser, district, read):
    page = get(browser, district, "?example=000002")
    assert cell(page, "students.fname", "Mapped Value") == "Given2"
    chooser = re.search(r"<fieldset.*?</fieldset>", page, re.DOTALL)[0]
    assert re.findall(r'value="(\d+)"( checked)?( disabled)?', chooser) == [
        ("000001", "", ""),
        ("000002", " checked", ""),
        ("000009", "", " disabled"),
    ]
    assert ("Given1 Family1" in chooser, "not in CSV file" in chooser) == (True, True)


def test_a_value_that_cannot_be_is_said_in_its_row(browser, district, read):
    page = get(browser, district, "?example=000002")
    assert cell(page, "students.dob", "Mapped Value") == "! no value"
    assert told(page, "students.dob").startswith("! Date of Birth expects a date written MM/DD/YYYY")
    assert tabs(page)["Problems"] == "1"


def test_the_filter_tabs_count_and_choose_rows(browser, district, read):
    district.map("students", [direct("students.fname", "nothing"), direct("students.lname", "last")])
    page = get(browser, district)
    assert tabs(page) == {
        "All": "103",
        "Required": "4 left",
        "Unmapped": "101",
        "Changed": "0",
        "Problems": "1",
    }
    shown = {show: get(browser, district, f"?show={show}").count("<tbody") for show in FILTERS}
    assert shown == {"all": 103, "required": 6, "unmapped": 101, "changed": 0, "problems": 1}
    assert "Nothing is changed since version 2." in get(browser, district, "?show=changed")
    assert cell(page, "students.dob", "Mapped Value") == "! Required"


@pytest.mark.parametrize(("text", "found"), [("birth", 1), ("students.dob", 1), ("PHONE", 17), ("zebra", 0)])
def test_the_search_looks_at_names_and_sources(browser, district, text, found):
    assert get(browser, district, f"?text={text}").count("<tbody") == found


def test_the_side_says_which_mapping_is_complete(browser, district):
    district.map("schools", [direct("schools.name", "name")])
    side = re.search(r'<ul class="beside-list".*?</ul>', get(browser, district), re.DOTALL)[0]
    marks = re.findall(r">(Import \w+ Mapping|Export \w+ Mapping)(?: <span class=\"(\w+)\")?", side)
    assert marks == [
        ("Import School Mapping", "due"),
        ("Import Student Mapping", "done"),
        ("Export Student Mapping", ""),
    ]


def test_schools_are_mapped_on_the_same_page(browser, district, read):
    page = get(browser, district, kind="schools")
    assert cell(page, "schools.name", "Mapped Value") == "Cedar Ridge"
    answered = change(
        browser, district, "schools.description", kind="schools", source="street", type="do-not-map"
    )
    assert cell(answered, "schools.description", "Mapped Value") == "1 Elm St"


def test_a_connection_without_a_mapping_can_be_mapped(browser, district, read):
    district.connection = replace_connection(district)
    page = get(browser, district)
    assert "No version is saved yet" in page
    assert "Save as version 1" in change(
        browser, district, "students.fname", source="first", type="do-not-map"
    )


def replace_connection(district):
    from yellowbus.setup import connections

    files = {"students_file": str(district.students_file), "schools_file": str(district.schools_file)}
    return connections.add(
        district.actor,
        district.instance.pk,
        name="New",
        system="flatfile",
        credentials={**files, "id_column": "id"},
    )


def test_a_sis_that_cannot_be_written_into_has_no_export_mapping(browser, district):
    assert "cannot write into" in get(browser, district, kind="export")
    assert browser.get(path(district, kind="teachers")).status_code == 404
    assert browser.get(path(district, kind="export") + "save/").status_code == 405


def test_a_field_that_enroll_no_longer_has_is_shown_and_can_be_let_go(browser, district, read):
    district.map("students", [*STUDENT_RULES, direct("custom.gone", "first")])
    page = get(browser, district)
    assert told(page, "custom.gone").startswith("! There is no Enroll field")
    change(browser, district, "custom.gone", source="", type="direct")
    assert draft_rule(district, "custom.gone") is None


# --- reading from the SIS ---


def test_a_page_that_knows_nothing_of_the_sis_asks_by_itself_and_only_once(browser, district):
    assert 'hx-post="read/?" hx-trigger="load"' in get(browser, district)
    assert browser.post(path(district, "read/?show=required")).headers["Location"] == path(
        district, "?show=required"
    )
    page = get(browser, district)
    assert ('hx-trigger="load"' in page, "Given1 Family1" in page) == (False, True)


def test_a_sis_that_does_not_answer_is_said_calmly_and_mapping_goes_on(browser, district):
    district.students_file.unlink()
    browser.post(path(district, "read/"))
    page = get(browser, district)
    assert (str(district.students_file) in page, "Mapping goes on without an example" in page) == (True, True)
    assert 'hx-trigger="load"' not in page
    change(browser, district, "students.mname", source="whatever", type="do-not-map")
    assert draft_rule(district, "students.mname").source == "whatever"


# --- changing a row ---


def test_a_source_maps_the_field_and_its_value_comes_back_at_once(browser, district, read):
    answered = change(
        browser, district, "students.mname", source="first", type="do-not-map", example="000002"
    )
    assert cell(answered, "students.mname", "Mapped Value") == "Given2"
    assert draft_rule(district, "students.mname") == FieldRule(
        "students.mname", MappingType.DIRECT, source="first"
    )
    assert "1 unsaved change." in answered
    assert "11 of 34 mapped" in answered
    assert (tabs(answered)["Changed"], tabs(answered)["Unmapped"]) == ("1", "92")
    assert answered.count("<tbody") == 1


def test_a_change_asks_nothing_of_the_sis(browser, district, read):
    district.students_file.unlink()
    answered = change(browser, district, "students.mname", source="first", type="do-not-map")
    assert cell(answered, "students.mname", "Mapped Value") == "Given1"


def test_a_label_is_taken_for_its_name_and_an_unknown_source_is_said(browser, district):
    fields = (SourceField("hm_rm", "Home room"), SourceField("a", "Same"), SourceField("b", "Same"))
    glimpses.keep(
        district.connection, "fields/students", examples.Fields(fields), now=NOW, lasts=examples.LISTS_LAST
    )
    change(browser, district, "students.mname", source=" home ROOM ", type="do-not-map")
    assert draft_rule(district, "students.mname").source == "hm_rm"
    answered = change(browser, district, "students.mname", source="Same", type="direct", write="always")
    assert "Same" in told(answered, "students.mname")


@pytest.mark.parametrize(
    ("field", "boxes", "expected"),
    [
        ("students.fname", {"type": "do-not-map"}, FieldRule("students.fname", source="first")),
        ("students.fname", {"source": ""}, None),
        (
            "students.phone",
            {"type": "transformation"},
            FieldRule("students.phone", MappingType.TRANSFORMATION, "phone", (PhoneNumber(),)),
        ),
        (
            "students.dob",
            {"type": "match-codes"},
            FieldRule("students.dob", MappingType.MATCH_CODES, "dob", (Date(("MM/DD/YYYY",)), MatchCodes())),
        ),
        ("students.dob", {"type": "direct"}, FieldRule("students.dob", MappingType.DIRECT, "dob")),
        (
            "students_annual.sis_exitdate",
            {"type": "transformation"},
            FieldRule("students_annual.sis_exitdate", MappingType.TRANSFORMATION, None, (Today(),)),
        ),
        (
            "students.mname",
            {"type": "transformation", "source": "first"},
            FieldRule("students.mname", MappingType.TRANSFORMATION, "first"),
        ),
        (
            "students.phone",
            {"overwrite": "on", "write": "on-create"},
            FieldRule(
                "students.phone", MappingType.DIRECT, "phone", overwrite=True, write_rule=WriteRule.ON_CREATE
            ),
        ),
        ("students.dob", {"overwrite": "on", "write": "no such"}, "unchanged"),
        ("students.dob", {"type": "no such"}, "unchanged"),
    ],
)
def test_what_a_change_of_a_box_means(browser, district, field, boxes, expected):
    page = get(browser, district)
    now = re.search(r'name="source"[^>]* value="([^"]*)"', row(page, field))[1]
    mapped = {"write": chosen(page, field, "write")} if 'name="write"' in row(page, field) else {}
    change(
        browser, district, field, **{"source": now, "type": chosen(page, field, "type"), **mapped, **boxes}
    )
    if expected == "unchanged":
        assert MappingDraft.objects.count() == 0
    else:
        assert draft_rule(district, field) == expected


def test_a_year_starts_with_the_year_of_enroll(browser, district):
    district.map("students", STUDENT_RULES[:3])
    change(browser, district, "students.sis_school_year", source="", type="transformation")
    assert draft_rule(district, "students.sis_school_year") == FieldRule(
        "students.sis_school_year",
        MappingType.TRANSFORMATION,
        steps=(EnrollSchoolYear(),),
        write_rule=WriteRule.IF_BLANK,
    )


def test_a_field_that_a_contact_slot_fills_is_changed_with_its_slot(browser, district, read):
    slot = ContactSlot("guardian1", (FieldRule("fname", MappingType.DIRECT, source="first"),), id_field="cid")
    drafts.change(
        browser_actor(district),
        district.connection,
        "students",
        lambda one: replace(one, contact_slots=(slot,)),
    )
    page = get(browser, district)
    assert cell(page, "students_annual.guardian1_fname", "Mapping Type") == "Contact Mapping"
    assert "<select" not in row(page, "students_annual.guardian1_fname")
    assert "“cid”" in told(page, "students_annual.guardian1_fname")


def browser_actor(district):
    from yellowbus.setup import people

    return people.actor_of(district.people["full"])


def test_a_field_that_nobody_has_is_refused(browser, district):
    answered = browser.post(path(district, "rule/students.zebra/"), {"source": "first"}, headers=HTMX)
    assert (answered.status_code, b"zebra" in answered.content) == (404, True)


# --- the draft ---


def test_saving_makes_a_version_that_the_page_then_starts_from(browser, district, read):
    change(browser, district, "students.mname", source="first", type="do-not-map")
    page = browser.post(path(district, "save/"), follow=True).content.decode()
    assert "Version 2 is saved. The next import uses it." in page
    assert ("unsaved change" in page, mappings.current(district.connection, "students").number) == (False, 2)
    assert mappings.current(district.connection, "students").author == district.people["full"].user.email


def test_discarding_shows_what_is_saved(browser, district, read):
    change(browser, district, "students.fname", source="last", type="direct", write="always")
    page = browser.post(path(district, "discard/"), follow=True).content.decode()
    assert cell(page, "students.fname", "Mapped Value") == "Given1"
    assert "Your unsaved changes are discarded." in page


def test_a_draft_is_there_again_and_is_nobody_elses(browser, district, read):
    change(browser, district, "students.mname", source="first", type="do-not-map")
    other = signed_in(district.person(district.people["full"].group.name, name="Other"))
    assert 'class="changed"' in row(get(district.client("full"), district), "students.mname")
    assert 'class="changed"' not in row(get(other, district), "students.mname")


def test_who_saves_second_sees_both_and_chooses(browser, district, read):
    other = signed_in(district.person(district.people["full"].group.name, name="Other"))
    change(browser, district, "students.mname", source="first", type="do-not-map")
    change(browser, district, "students.suffix", source="last", type="do-not-map")
    change(other, district, "students.mname", source="last", type="do-not-map")
    other.post(path(district, "save/"))
    refused = browser.post(path(district, "save/"))
    page = unescape(refused.content.decode())
    assert (
        refused.status_code,
        "saved version 2 of this mapping while you were working on version 1" in page,
    ) == (
        422,
        True,
    )
    assert "Both of you changed Middle Name; there yours would stand." in page
    assert re.findall(r"<li>((?:Middle Name|Suffix): [^<]+)</li>", page) == [
        "Middle Name: added, Mapping Type “direct”, Source “last”, Write Rule “always”",
        "Middle Name: added, Mapping Type “direct”, Source “first”, Write Rule “always”",
        "Suffix: added, Mapping Type “direct”, Source “last”, Write Rule “always”",
    ]
    page = browser.post(path(district, "keep-mine/"), follow=True).content.decode()
    assert "Your changes now stand on version 2. They are not saved yet." in page
    browser.post(path(district, "save/"))
    assert from_document(mappings.current(district.connection, "students").document).rules[-2:] == (
        FieldRule("students.mname", MappingType.DIRECT, source="first"),
        FieldRule("students.suffix", MappingType.DIRECT, source="last"),
    )


# --- the panel of a transformation ---


def panel(browser, district, field: str, **boxes: str) -> str:
    return browser.post(
        path(district, f"panel/transformation/{field}/"), boxes, headers=HTMX
    ).content.decode()


def values(page: str) -> list[str]:
    """The start, then the value after each step."""
    return [seen(each) for each in re.findall(r'<p class="after"[^>]*>(.*?)</p>', page, re.DOTALL)]


def test_each_step_shows_the_value_after_it(browser, district, read):
    chain = ({"use": "split", "delimiter": "n"}, {"use": "lower"}, {"use": "value-input"})
    district.map("students", [*STUDENT_RULES, steps("students.mname", "first", *chain)])
    page = get(browser, district, "panel/transformation/students.mname/")
    assert values(page) == ["Given1", "Give", "give", "blank"]


def test_the_step_at_which_a_value_goes_wrong_says_so(browser, district, read):
    page = get(browser, district, "panel/transformation/students.dob/?example=000002")
    start, step = values(page)
    assert (start, step[:49]) == ("2015-13-40", "! Date of Birth expects a date written MM/DD/YYYY")


def test_adding_a_step_makes_a_transformation_and_the_row_shows_it(browser, district, read):
    page = panel(
        browser,
        district,
        "students.fname",
        **{"steps.n": "0", "source": "first", "steps.new": "lower", "do": "add:steps"},
    )
    assert draft_rule(district, "students.fname") == FieldRule(
        "students.fname", MappingType.TRANSFORMATION, "first", (Lower(),)
    )
    assert (values(page), cell(page, "students.fname", "Mapped Value")) == (["Given1", "given1"], "given1")


def test_back_to_the_saved_rule_of_one_field(browser, district, read):
    change(browser, district, "students.phone", source="last", type="direct", write="always")
    change(browser, district, "students.mname", source="last", type="do-not-map")
    panel(browser, district, "students.phone", do="undo")
    assert (draft_rule(district, "students.phone").source, draft_rule(district, "students.mname").source) == (
        "phone",
        "last",
    )


def test_what_cannot_be_read_is_said_in_the_panel_and_changes_nothing(browser, district, read):
    page = panel(
        browser, district, "students.dob",
        **{"steps.n": "1", "steps.0.use": "date", "steps.0.was": "date", "source": "dob", "steps.0.pivot": "x"},
    )  # fmt: skip
    assert ("must be a whole number" in page, MappingDraft.objects.count()) == (True, 0)


def test_an_argument_that_cannot_work_is_kept_and_said(browser, district, read):
    page = panel(
        browser, district, "students.dob",
        **{"steps.n": "1", "steps.0.use": "date", "steps.0.was": "date", "source": "dob", "steps.0.pivot": "30",
           "steps.0.source_formats": "QQ", "steps.0.destination_format": "YYYY-MM-DD"},
    )  # fmt: skip
    assert draft_rule(district, "students.dob").steps == (Date(("QQ",)),)
    assert "QQ" in told(page, "students.dob")


def test_a_panel_that_is_not_there_is_calm(browser, district):
    assert browser.get(path(district, "panel/zebra/students.dob/")).status_code == 404
    assert browser.get(path(district, "panel/transformation/students.zebra/")).status_code == 404


# --- what people type, and how much there is ---

NASTY = "\"><script>alert(1)</script>'&=cmd|é\u202e" + "x" * 300


def test_whatever_is_typed_is_shown_as_text(browser, district):
    students.add_custom_field(district.instance.pk, "nasty", NASTY[:60])
    fields = (SourceField(NASTY, NASTY),)
    found = examples.Examples(
        (
            examples.Example("000001", Record({NASTY: NASTY})),
            examples.Example("000002"),
            examples.Example("000009"),
        )
    )
    for name, value in (("fields", examples.Fields(fields)), ("examples", found)):
        glimpses.keep(
            district.connection, f"{name}/students", value, now=timezone.now(), lasts=examples.EXAMPLES_LAST
        )
    change(browser, district, "students.mname", source=NASTY, type="do-not-map")
    for page in (get(browser, district), get(browser, district, "panel/transformation/students.mname/")):
        assert ("<script>alert" in page, "&lt;script&gt;" in page) == (False, True)
    assert draft_rule(district, "students.mname").source == NASTY


def test_a_character_that_the_database_keeps_nowhere_is_left_out(browser, district):
    change(browser, district, "students.mname", source="fir\0st", type="do-not-map")
    assert draft_rule(district, "students.mname").source == "first"
    boxes = {
        "steps.n": "1",
        "steps.0.use": "value-input",
        "steps.0.was": "value-input",
        "steps.0.value": "a\0b",
    }
    panel(browser, district, "students.mname", source="\0", **boxes)
    assert draft_rule(district, "students.mname").steps == (ValueInput("ab"),)
    browser.post(path(district, "save/"), {"note": "\0Middle names"})
    assert mappings.current(district.connection, "students").note == "Middle names"


@pytest.fixture
def large(district):
    """300 rows, 140 of them mapped, and 400 source fields."""
    for number in range(198):
        students.add_custom_field(district.instance.pk, f"field_{number}", f"Custom field number {number}")
    own = [direct(f"custom.field_{number}", f"column_{number}") for number in range(130)]
    district.map("students", [*STUDENT_RULES, *own])
    fields = tuple(SourceField(f"column_{number}", f"Column {number} of the SIS") for number in range(400))
    record = Record({field.name: f"Value of {field.name}" for field in fields})
    found = examples.Examples(tuple(examples.Example(key, record) for key in ("000001", "000002", "000009")))
    for name, value in (("fields", examples.Fields(fields)), ("examples", found)):
        glimpses.keep(
            district.connection, f"{name}/students", value, now=timezone.now(), lasts=examples.EXAMPLES_LAST
        )
    return district


def test_a_page_of_300_rows_and_400_sources_is_small_on_the_wire(browser, large):
    answered = browser.get(path(large), headers={"Accept-Encoding": "gzip"})
    page = gzip.decompress(answered.content).decode()
    assert (page.count("<tbody"), page.count('<option value="column_')) == (301, 400)
    assert len(answered.content) < 100_000
    assert len(change(browser, large, "students.mname", source="column_1", type="do-not-map")) < 8_000


def test_the_queries_do_not_grow_with_the_rows(browser, district, request):
    counts = []
    for _ in range(2):
        get(browser, district)
        with CaptureQueriesContext(database) as asked:
            get(browser, district)
        counts.append(len(asked))
        if len(counts) == 1:
            request.getfixturevalue("large")
    assert counts[0] == counts[1]
