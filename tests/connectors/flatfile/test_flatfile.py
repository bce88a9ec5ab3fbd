"""A CSV file as a SIS."""

from pathlib import Path

import pytest

from yellowbus.connectors.base import ReadFilter, School, SourceField
from yellowbus.connectors.registry import manifest, open_connector
from yellowbus.errors import NeedsAdmin, RecordError

STUDENTS = "Student Number,First Name,Note\n007,Ada,\n008,Bob,   \n009,Eve,late\n"
SCHOOLS = "school name,school code\nWest,0020\nEast,0010\n"


@pytest.fixture
def flatfile(tmp_path: Path):
    def make(students: str | None = STUDENTS, schools: str | None = None, **settings: str):
        named = {"students_file": students, "schools_file": schools}
        for name, content in named.items():
            if content is not None:
                (tmp_path / name).write_text(content, "utf-8", newline="")
        paths = {name: str(tmp_path / name) for name in named if name == "students_file" or schools}
        return open_connector("flatfile", {"id_column": "student number", **paths, **settings}, None)

    return make


def records(connector, kind: str = "students"):
    pages = connector.read(kind, "", ReadFilter())
    return [dict(page.decode(raw).values) for page in pages for raw in page.records]


def test_a_row_becomes_a_record_of_text_with_blanks_as_none(flatfile):
    assert records(flatfile()) == [
        {"Student Number": "007", "First Name": "Ada", "Note": None},
        {"Student Number": "008", "First Name": "Bob", "Note": None},
        {"Student Number": "009", "First Name": "Eve", "Note": "late"},
    ]


def test_raw_records_are_the_bytes_of_the_file(flatfile):
    [page] = flatfile().read("students", "", ReadFilter())
    assert (page.records, page.last, page.total) == (
        [b"007,Ada,", b"008,Bob,   ", b"009,Eve,late"],
        True,
        None,
    )


def test_a_bad_row_fails_alone(flatfile):
    [page] = flatfile("student number,x\n1,a\n2\n3,c\n").read("students", "", ReadFilter())
    first, second, third = page.records
    assert [page.decode(first).values["x"], page.decode(third).values["x"]] == ["a", "c"]
    with pytest.raises(RecordError) as caught:
        page.decode(second)
    assert caught.value.code == "row-ragged"


@pytest.mark.parametrize("lost", ["1.23E+05", "1E+12", " 4.5e+10 "])
def test_an_id_that_a_spreadsheet_made_a_number_fails_the_row(flatfile, lost):
    [page] = flatfile(f"student number,x\n{lost},a\n").read("students", "", ReadFilter())
    with pytest.raises(RecordError) as caught:
        page.decode(page.records[0])
    assert (caught.value.code, caught.value.facts) == ("id-number-format", {"column": "student number"})


@pytest.mark.parametrize("kept", ["12E5", "1E5", "00123", "A-1.5"])
def test_an_id_that_only_looks_odd_is_kept(flatfile, kept):
    assert records(flatfile(f"student number,x\n{kept},a\n")) == [{"student number": kept, "x": "a"}]


def test_a_number_of_that_form_elsewhere_is_kept(flatfile):
    assert records(flatfile("student number,x\n1,1.23E+05\n")) == [{"student number": "1", "x": "1.23E+05"}]


def test_a_file_without_the_id_column_stops_before_the_first_page(flatfile):
    with pytest.raises(NeedsAdmin) as caught:
        next(flatfile(id_column="Other").read("students", "", ReadFilter()))
    assert caught.value.code == "file-column-missing"


def test_a_file_with_a_bad_byte_at_its_end_stops_before_the_first_page(flatfile, tmp_path):
    connector = flatfile()
    with (tmp_path / "students_file").open("ab") as file:
        file.write(b"010,Zo\xeb,\n")
    with pytest.raises(NeedsAdmin) as caught:
        next(connector.read("students", "", ReadFilter()))
    assert (caught.value.code, caught.value.facts["line"]) == ("file-not-utf8", 5)


def test_the_fields_are_the_headings(flatfile):
    assert flatfile().fields("students") == [
        SourceField(name, name) for name in ("Student Number", "First Name", "Note")
    ]


def test_without_a_schools_file_there_are_no_schools(flatfile):
    connector = flatfile()
    [page] = connector.read("schools", "", ReadFilter())
    assert (connector.schools(), connector.fields("schools"), page.records, page.last) == ([], [], [], True)


def test_schools_come_in_the_order_of_their_code(flatfile):
    assert flatfile(schools=SCHOOLS).schools() == [School("0010", "East"), School("0020", "West")]


def test_schools_can_be_read_as_records(flatfile):
    assert records(flatfile(schools=SCHOOLS), "schools") == [
        {"school name": "West", "school code": "0020"},
        {"school name": "East", "school code": "0010"},
    ]


def test_a_school_that_cannot_be_read_is_not_left_out(flatfile):
    with pytest.raises(NeedsAdmin) as caught:
        flatfile(schools=SCHOOLS + "North\n").schools()
    assert (caught.value.code, caught.value.facts["row"]) == ("school-row-unreadable", 3)


def test_a_file_names_no_codes(flatfile):
    assert list(flatfile().codes()) == []


@pytest.mark.parametrize(("key", "name"), [("008", "Bob"), (" 009 ", "Eve")])
def test_a_student_is_found_by_the_id(flatfile, key, name):
    assert flatfile().find(key).values["First Name"] == name


@pytest.mark.parametrize("key", ["8", "08", "Bob", "", "0010"])
def test_what_only_looks_like_an_id_finds_nobody(flatfile, key):
    assert flatfile().find(key) is None


def test_an_id_with_a_quote_or_a_delimiter_is_found(flatfile):
    assert flatfile('student number,x\n"a""b,c",1\n').find('a"b,c').values["x"] == "1"


def test_equal_rows_of_one_id_count_as_one(flatfile):
    assert flatfile("student number,x\n1,a\n1,a\n").find("1").values["x"] == "a"


def test_rows_of_one_id_that_differ_find_nobody(flatfile):
    with pytest.raises(RecordError) as caught:
        flatfile("student number,x\n1,a\n1,b\n").find("1")
    assert caught.value.code == "id-repeated"


def test_a_ragged_row_hides_no_other_student(flatfile):
    assert flatfile("student number,x\n1\n1,a\n").find("1").values["x"] == "a"


def test_a_sound_connection_is_checked_line_by_line(flatfile):
    checks = [(check.name, check.ok) for check in flatfile(schools=SCHOOLS).check()]
    steps = ("headings", "id", "text", "first row")
    assert checks == [
        (f"{file}: {step}", True) for file in ("Students file", "Schools file") for step in steps
    ]


@pytest.mark.parametrize(
    ("students", "settings", "passed", "code"),
    [
        (None, {}, 0, "file-missing"),
        ("", {}, 0, "file-empty"),
        (STUDENTS, {"delimiter": "tab"}, 0, "file-delimiter"),
        (STUDENTS, {"id_column": "Id"}, 1, "file-column-missing"),
        ("student number,x\n", {}, 2, "file-without-rows"),
        ("student number,x\n1\n", {}, 3, "row-ragged"),
    ],
)
def test_a_check_ends_at_what_is_wrong(flatfile, students, settings, passed, code):
    checks = list(flatfile(students, **settings).check())
    assert ([check.ok for check in checks], checks[-1].code) == ([True] * passed + [False], code)


def test_no_setting_of_a_file_is_a_secret():
    assert manifest("flatfile").secrets == frozenset()
