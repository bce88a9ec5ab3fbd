"""The panel of Match Codes: what the SIS really has, what it becomes, and the same as a file."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from people import District
from reading import text_of
from scene import STUDENT_RULES, YEAR, child, steps
from yellowbus.enroll.models import CodeValue
from yellowbus.mapping.document import from_document
from yellowbus.mapping.match_codes import table_of
from yellowbus.mapping.targets import rule_at
from yellowbus.mapping.transforms import MatchCodes
from yellowbus.runs import scanning
from yellowbus.runs.models import Scan, ScanState
from yellowbus.setup import drafts
from yellowbus.setup.models import MappingDraft

GRADE = "students_annual.grade"
GRADES = ["4", "4", "PK3", " pk3", "5", "", "4"]
NASTY = [
    "<script>alert(1)</script>",
    "=cmd()",
    "Öğrenci 学生",
    "'; DROP TABLE x --",
    '"><img src=x>',
    "{{ 7 }}",
]


@pytest.fixture
def district(db: None, plain: None, tmp_path: Any) -> District:
    made = District(tmp_path).ready()
    table = {"use": "match-codes", "table": [["4", "4"], ["6", "6"]]}
    others = [rule for rule in STUDENT_RULES if rule["field"] != GRADE]
    with made.scope():
        made.map("students", [*others, steps(GRADE, "grade", table) | {"type": "match-codes"}])
    made.write_students([child(n, grade=grade) for n, grade in enumerate(GRADES)])
    return made


def path(district: District, field: str = GRADE) -> str:
    return f"/connections/{district.connection.pk}/mapping/students/fields/panel/match-codes/{field}/"


def beside(district: District, what: str, field: str = GRADE) -> str:
    return f"/connections/{district.connection.pk}/mapping/students/codes/{field}/{what}/"


def scan(district: District) -> None:
    with district.scope():
        taken = scanning.order(district.actor, district.connection, "students", year=YEAR)
        scanning.scan(str(taken.pk))


def table(district: District, field: str = GRADE) -> MatchCodes:
    """The table as the draft of the administrator has it; the saved one where there is no draft."""
    with district.scope():
        draft = MappingDraft.objects.filter(kind="students").first()
        mapping = from_document(draft.document) if draft else saved(district)
    rule = rule_at(mapping, field)
    assert rule is not None
    step = table_of(rule)
    assert step is not None
    return step


def saved(district: District) -> Any:
    with district.scope():
        return from_document(
            district.connection.mappings.model.objects.filter(kind="students").latest("number").document
        )


def post(district: District, **given: Any) -> Any:
    """What the whole form sends with these boxes changed."""
    policies = {"on_unmatched": "fail", "on_blank": "blank", "default": "", "separator": ""}
    return district.client("full").post(path(district), {"do": "save", **policies, **given})


# --- what is shown ---


def test_before_any_reading_the_table_stands_and_the_codes_can_be_read(district: District) -> None:
    told = text_of(district.client("full").get(path(district)))
    assert ("have not been read yet" in told, "Read the codes now" in told, "not read" in told) == (
        True,
        True,
        True,
    )


def test_unmatched_codes_come_first_with_their_numbers(district: District) -> None:
    scan(district)
    page = district.client("full").get(path(district))
    assert "2 codes, of 3 records, have no match." in text_of(page)
    assert re.findall(r'name="to:([^"]*)"', page.content.decode()) == ["pk3", "5", "4", "6"]
    assert "1 record is blank." in text_of(page)


def test_the_values_of_enroll_are_offered_with_their_labels(district: District) -> None:
    with district.scope():
        CodeValue.objects.create(instance=district.instance, set="grade", value="X9", label="Own grade")
    page = district.client("full").get(path(district)).content.decode()
    assert '<option value="=K">K · Kindergarten' in page
    assert '<option value="=X9">X9 · Own grade' in page


def test_a_value_that_enroll_no_longer_has_is_marked_and_kept(district: District) -> None:
    post(district, **{"to:6": "=99"})
    page = district.client("full").get(path(district))
    assert "“99” is not a value of Enroll." in text_of(page)
    assert table(district).table == (("4", "4"), ("6", "99"))


def test_a_field_without_a_set_is_typed(district: District) -> None:
    codes = steps("students.phone", "phone", {"use": "match-codes", "table": [["a", ""]]}) | {
        "type": "match-codes"
    }
    with district.scope():
        district.map("students", [codes])
    page = district.client("full").get(path(district, "students.phone")).content.decode()
    assert '<input name="to:a" value=""' in page
    assert 'name="blank" value="a" checked' in page


def test_a_field_that_is_not_mapped_is_told_calmly(district: District) -> None:
    answer = district.client("full").get(path(district, "students.mname"))
    assert answer.status_code == 404


# --- what is changed ---


def test_what_is_chosen_enters_the_draft_and_not_the_mapping(district: District) -> None:
    scan(district)
    answer = post(district, **{"to:pk3": "=PK3", "to:5": "=5", "to:4": "=4", "to:6": ""})
    assert answer.status_code == 200
    assert table(district).table == (("4", "4"), ("pk3", "PK3"), ("5", "5"))
    assert rule_at(saved(district), GRADE).steps[-1].table == (("4", "4"), ("6", "6"))
    assert "Every code that was seen has a match." in text_of(answer)


def test_no_match_and_blank_are_two_things(district: District) -> None:
    post(district, **{"to:4": "=", "to:6": ""})
    assert table(district).table == (("4", ""),)


def test_rows_that_are_not_sent_stay(district: District) -> None:
    post(district, **{"to:6": "=5"})
    assert table(district).table == (("4", "4"), ("6", "5"))


def test_a_row_can_be_added(district: District) -> None:
    post(district, new_code=" 07 ", new_value="=7")
    assert table(district).table == (("4", "4"), ("6", "6"), ("07", "7"))


def test_a_code_twice_is_said(district: District) -> None:
    answer = post(district, new_code=" 4", new_value="=7")
    assert "more than once: 4" in text_of(answer)


def test_the_policies_are_kept(district: District) -> None:
    post(
        district,
        on_unmatched="default",
        on_blank="default",
        default=" 9 ",
        separator=";",
        ignore_leading_zeros="on",
    )
    kept = table(district)
    assert (kept.on_unmatched.value, kept.on_blank.value, kept.default, kept.separator, kept.ignore_leading_zeros) == (
        "default", "default", "9", ";", True,
    )  # fmt: skip


@pytest.mark.parametrize("choice", ["on_unmatched", "on_blank"])
def test_a_choice_that_there_is_not_changes_nothing(district: District, choice: str) -> None:
    post(district, **{choice: "destroy"})
    assert table(district) == MatchCodes((("4", "4"), ("6", "6")))


def test_a_default_that_lacks_is_said(district: District) -> None:
    assert "needs “Default value”" in text_of(post(district, on_unmatched="default"))


@pytest.mark.parametrize("text", NASTY)
def test_whatever_is_typed_is_kept_and_shown_as_text(district: District, text: str) -> None:
    page = post(district, new_code=text, new_value=f"={text}").content.decode()
    assert table(district).table[-1] == (text, text)
    assert ("<script>alert" in page, "<img" in page) == (False, False)


def test_what_is_too_long_is_refused_and_the_draft_stays(district: District) -> None:
    answer = post(district, new_code="x" * 201, new_value="=4")
    assert (answer.status_code, "longer than 200 characters" in text_of(answer)) == (200, True)
    assert table(district).table == (("4", "4"), ("6", "6"))


def test_a_null_character_reaches_no_database(district: District) -> None:
    assert post(district, new_code="a\0b", new_value="=4\0").status_code == 200
    assert table(district).table[-1] == ("ab", "4")


def test_the_table_of_a_contact_slot_is_changed_in_its_slot(district: District) -> None:
    relation = {
        "field": "relationship",
        "type": "match-codes",
        "source": "rel",
        "steps": [{"use": "match-codes"}],
    }
    slots = [{"slot": f"guardian{n}", "id_field": "c", "rules": [relation]} for n in (1, 2)]
    with district.scope():
        document = {"format": 1, "kind": "students", "rules": [], "contact_slots": slots}
        drafts.mappings.save(district.actor, district.connection, document)
    field = "students_annual.guardian2_relationship"
    district.client("full").post(path(district, field), {"new_code": "M", "new_value": "=mother"})
    assert table(district, field).table == (("M", "mother"),)
    assert table(district, "students_annual.guardian1_relationship").table == ()


# --- reading ---


def test_reading_keeps_what_was_typed_and_shows_how_far_it_is(district: District) -> None:
    told = text_of(post(district, do="read", **{"to:6": "=5"}))
    assert "0 read. Nothing is changed; you can go on meanwhile." in told
    assert table(district).table == (("4", "4"), ("6", "5"))
    with district.scope():
        (ordered,) = Scan.objects.all()
    assert (ordered.fields, ordered.state) == (["grade"], ScanState.QUEUED)


def test_the_progress_asks_again_until_the_panel_can_be_shown_anew(district: District) -> None:
    post(district, do="read")
    browser = district.client("full")
    assert 'hx-trigger="every 1s"' in browser.get(beside(district, "progress")).content.decode()
    with district.scope():
        scanning.scan(str(Scan.objects.get().pk))
    done = browser.get(beside(district, "progress")).content.decode()
    assert ('hx-trigger="load"' in done, "every 1s" in done) == (True, False)


def test_reading_can_be_cancelled(district: District) -> None:
    post(district, do="read")
    post(district, do="cancel")
    with district.scope():
        assert Scan.objects.get().state == ScanState.CANCELLED


def test_a_second_reading_is_refused_calmly(district: District) -> None:
    post(district, do="read")
    assert "being read right now" in text_of(post(district, do="read"))


def test_a_reading_that_failed_says_why(district: District) -> None:
    district.students_file.unlink()
    scan(district)
    told = text_of(district.client("full").get(path(district)))
    assert "students.csv" in told
    assert "Read the codes now" in told


# --- as a file ---


def lines(district: District) -> list[str]:
    answer = district.client("full").get(beside(district, "file"))
    assert answer["Content-Disposition"] == 'attachment; filename="match-codes-grade.csv"'
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def upload(district: District, text: str | bytes, **given: Any) -> Any:
    body = text if isinstance(text, bytes) else text.encode()
    return post(district, do="upload", file=SimpleUploadedFile("codes.csv", body), **given)


def test_the_download_has_the_table_and_what_nothing_matches_yet(district: District) -> None:
    scan(district)
    assert lines(district) == [
        "SIS value,Enroll value,SIS label,Records",
        "4,4,,3",
        "6,6,,0",
        "pk3,,,2",
        "5,,,1",
    ]


def test_no_cell_of_the_download_is_a_formula(district: District) -> None:
    post(district, new_code="=1+1", new_value="=@x")
    assert lines(district)[-1] == "'=1+1,'@x,,"


def test_an_upload_is_looked_at_before_it_enters_the_draft(district: District) -> None:
    answer = upload(district, "SIS value,Enroll value\n4,5\n4 ,6\nPK\n07,77\n08,\n")
    told = text_of(answer)
    assert "The file: 1 line can be used, 3 cannot" in told
    assert ("4 stands on line 2 already" in told, "There must be two columns" in told) == (True, True)
    assert (
        "“77” is not a value of Enroll" in told,
        "1 line without an Enroll value is left out" in told,
    ) == (True, True)
    assert "Of the codes of now 1 is not in the file and would go: 6" in told
    assert table(district).table == (("4", "4"), ("6", "6"))


def test_what_was_looked_at_becomes_the_table(district: District) -> None:
    page = upload(district, "SIS value,Enroll value,Note\n4,5,n\n07,(blank),n\n").content.decode()
    assert "Use these 2 lines" in " ".join(page.split())
    kept = re.search(r'name="csv" value="([^"]*)"', page)
    assert kept is not None
    post(district, do="take", csv=kept.group(1))
    assert table(district).table == (("4", "5"), ("07", ""))


def test_the_download_can_be_uploaded_as_it_is(district: District) -> None:
    scan(district)
    post(district, new_code="=1+1", new_value="=4")
    text = "\n".join(lines(district))
    assert "The file: 3 lines can be used" in text_of(upload(district, text))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff\xfe\x00", "it is not text in UTF-8"),
        (b"SIS value,Enroll value\na\0,4\n", "it is not text"),
        (b"x" * 1_000_001, "it is larger than a megabyte"),
        (b"", "no file was chosen"),
        (b"a,b\n", "the headings must be"),
        (b'SIS value,Enroll value\n"4,5\n', "the quotes do not fit together"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_the_reason(
    district: District, body: bytes, says: str
) -> None:
    given = {"do": "upload"} | ({"file": SimpleUploadedFile("codes.csv", body)} if body else {})
    answer = post(district, **given)
    assert (answer.status_code, says in text_of(answer)) == (200, True)
    assert table(district).table == (("4", "4"), ("6", "6"))


@pytest.mark.parametrize("text", NASTY)
def test_whatever_a_file_says_is_shown_as_text(district: District, text: str) -> None:
    cell = text.replace('"', '""')
    page = upload(district, f'SIS value,Enroll value\n"{cell}","{cell}"\n').content.decode()
    assert ("<script>alert" in page, "<img" in page) == (False, False)
    assert "is not a value of Enroll" in page
