"""Splitting and reading of tables in text files."""

import os
from pathlib import Path

import pytest

from yellowbus.errors import NeedsAdmin, RecordError
from yellowbus.protocols import files
from yellowbus.protocols.files import MAX_LINES_OF_A_RECORD, Table, open_table


@pytest.fixture
def table_of(tmp_path: Path):
    def make(content: str | bytes, delimiter: str = "auto") -> Table:
        path = tmp_path / "students.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_table(path, delimiter)

    return make


def rows(table: Table) -> list[list[str]]:
    return [table.parse(raw) for raw in table.records()]


def refusal(action) -> tuple[str, dict[str, object]]:
    with pytest.raises(NeedsAdmin) as caught:
        action()
    return caught.value.code, {name: fact for name, fact in caught.value.facts.items() if name != "file"}


def test_records_are_the_bytes_of_their_lines(table_of):
    assert list(table_of("id,name\n007,Ada\r\n008,Bob").records()) == [b"007,Ada", b"008,Bob"]


@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_headings_are_read_without_blanks_and_byte_order_mark(table_of, start):
    assert table_of(f"{start} id , First  Name \n1,Ada\n").names == ("id", "First Name")


@pytest.mark.parametrize(
    ("heading", "setting", "found"),
    [
        ("id,name", "auto", ","),
        ("id\tname", "auto", "\t"),
        ("id\tlast, first\tx", "auto", "\t"),
        ("a\tb,c", "comma", ","),
    ],
)
def test_the_heading_row_tells_the_delimiter_unless_it_is_set(table_of, heading, setting, found):
    assert table_of(heading + "\n1\t2\n", setting).delimiter == found


def test_values_keep_their_zeros_blanks_and_odd_characters(table_of):
    assert rows(table_of('id,name\n00042," Zoë ""Z"" Núñez-Ł, 🐝\u2028x "\n')) == [
        ["00042", ' Zoë "Z" Núñez-Ł, 🐝\u2028x ']
    ]


def test_a_quoted_value_may_span_lines(table_of):
    assert rows(table_of('id,note\n1,"two\nlines, ""quoted""\n"\n2,plain\n')) == [
        ["1", 'two\nlines, "quoted"\n'],
        ["2", "plain"],
    ]


def test_a_heading_may_span_lines(table_of):
    table = table_of('id,"First\nName"\n1,Ada\n')
    assert (table.names, rows(table)) == (("id", "First Name"), [["1", "Ada"]])


def test_a_stray_quote_inside_a_value_joins_nothing(table_of):
    assert rows(table_of('id,size\n1,5" pipe\n2,6" pipe\n')) == [["1", '5" pipe'], ["2", '6" pipe']]


@pytest.mark.parametrize(
    "further", [3, MAX_LINES_OF_A_RECORD * 2], ids=["to the end of the file", "past the limit"]
)
def test_a_quote_that_never_closes_fails_its_own_row_and_no_other(table_of, further):
    table = table_of('id,name\n1,"Ada\n' + "2,Bob\n" * further)
    first, *others = table.records()
    assert others == [b"2,Bob"] * further
    with pytest.raises(RecordError) as caught:
        table.parse(first)
    assert caught.value.code == "row-unreadable"


def test_rows_of_nothing_but_delimiters_are_no_records(table_of):
    assert rows(table_of("id,name\n1,Ada\n\n, \n ,\n2,Bob\n,\n")) == [["1", "Ada"], ["2", "Bob"]]


@pytest.mark.parametrize(("row", "columns"), [("1", 1), ("1,Ada,x", 3)])
def test_a_ragged_row_says_how_many_columns_it_has(table_of, row, columns):
    table = table_of(f"id,name\n{row}\n")
    with pytest.raises(RecordError) as caught:
        rows(table)
    assert (caught.value.code, caught.value.facts) == ("row-ragged", {"columns": columns, "expected": 2})


def test_a_row_with_text_after_its_closing_quote_is_not_guessed_at(table_of):
    with pytest.raises(RecordError) as caught:
        rows(table_of('id,name\n1,"Ada"x\n'))
    assert caught.value.code == "row-unreadable"


def test_a_row_error_says_nothing_of_the_row(table_of):
    with pytest.raises(RecordError) as caught:
        rows(table_of("id,name\n1,Secretname,x\n"))
    assert "Secretname" not in f"{caught.value} {caught.value.detail}"


def test_chunks_follow_one_another_to_the_last(table_of):
    table = table_of("id,name\n" + "".join(f"{n},x\n" for n in range(7)))
    chunks = list(table.chunks(size=3))
    assert [len(chunk.records) for chunk in chunks] == [3, 3, 1]
    assert [chunk.last for chunk in chunks] == [False, False, True]
    assert [raw for chunk in chunks for raw in chunk.records] == list(table.records())


def test_a_last_full_chunk_knows_that_it_is_the_last(table_of):
    table = table_of("id,name\n1,x\n2,x\n3,x\n4,x\n")
    assert [chunk.last for chunk in table.chunks(size=2)] == [False, True]


def test_reading_from_each_bookmark_gives_the_rest(table_of):
    table = table_of('id,name\n1,x\n2,"a\nb"\n3,ü\n4,"c\n\n"\n5,x\n')
    chunks = list(table.chunks(size=2))
    for number, chunk in enumerate(chunks[:-1], 1):
        assert list(table.chunks(chunk.bookmark, size=2)) == chunks[number:]


def test_going_on_after_the_last_chunk_gives_an_empty_last_one(table_of):
    table = table_of("id,name\n1,x\n")
    [only] = table.chunks()
    [after] = table.chunks(only.bookmark)
    assert (after.records, after.last) == ([], True)


def test_a_file_changed_between_two_chunks_is_refused(table_of):
    table = table_of("id,name\n1,x\n2,x\n")
    reading = table.chunks(size=1)
    next(reading)
    os.utime(table.path, ns=(1, 1))
    assert refusal(lambda: next(reading)) == ("file-changed", {})


def test_a_bookmark_of_another_version_of_the_file_is_refused(table_of):
    bookmark = next(iter(table_of("id,name\n1,x\n2,x\n").chunks(size=1))).bookmark
    grown = table_of("id,name\n0,x\n1,x\n2,x\n")
    assert refusal(lambda: next(grown.chunks(bookmark, size=1))) == ("file-changed", {})


def test_a_file_replaced_after_its_headings_were_read_is_refused(table_of):
    table = table_of("id,name\n1,x\n")
    table_of("name,id\nx,1\ny,2\n")
    assert refusal(lambda: next(table.chunks())) == ("file-changed", {})


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NeedsAdmin) as caught:
        open_table(tmp_path / "none.csv")
    assert (caught.value.code, caught.value.facts) == ("file-missing", {"file": tmp_path / "none.csv"})


def test_a_folder_is_not_a_file(tmp_path):
    assert refusal(lambda: open_table(tmp_path)) == ("file-not-readable", {"reason": "Is a directory"})


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        ("", "file-empty", {}),
        ("\ufeff", "file-empty", {}),
        ("\n1,Ada\n", "file-empty", {}),
        ("id;name\n1;Ada\n", "file-delimiter", {"delimiter": "comma or tab"}),
        ("id,,name,\n1,2,3,4\n", "file-heading-blank", {"columns": "2, 4"}),
        ("id,name,ID \n1,2,3\n", "file-heading-twice", {"columns": "1, 3"}),
        ('id,"name\n1,2\n', "file-heading-unreadable", {}),
        ("id,name\r1,2\r", "file-heading-unreadable", {}),
        ("id,naïve\n".encode("cp1252"), "file-not-utf8", {"line": 1}),
        ("id,name\n".encode("utf-16"), "file-not-utf8", {"line": 1}),
        (b"id,na\0me\n", "file-nul-byte", {"line": 1}),
        ("x," * files.MAX_LINE, "file-line-too-long", {"line": 1}),
    ],
)
def test_a_file_without_sound_headings_is_refused(table_of, content, code, facts):
    assert refusal(lambda: table_of(content)) == (code, facts)


def test_a_set_delimiter_that_the_headings_lack_is_refused(table_of):
    assert refusal(lambda: table_of("id,name\n1,2\n", "tab")) == ("file-delimiter", {"delimiter": "tab"})


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [
        (b"id,name\n", "file-without-rows", {}),
        (b"id,name\n,\n\n", "file-without-rows", {}),
        (b"id,name\n1,Ada\n2,Zo\xeb\n", "file-not-utf8", {"line": 3}),
        (b"id,name\n1,Ada\n2,Bob\n3,\0\n", "file-nul-byte", {"line": 4}),
        (b"id,name\n" + b"1,Ada\n" * 200_000 + b"2,Zo\xeb\n", "file-not-utf8", {"line": 200_002}),
        (b"id,name\n1,Ada\n" + b"x" * 3 * files.MAX_LINE, "file-line-too-long", {"line": 3}),
    ],
)
def test_what_is_wrong_with_the_file_is_known_before_a_row_is_used(table_of, content, code, facts):
    assert refusal(table_of(content).prove) == (code, facts)


def test_a_character_on_the_edge_of_a_block_is_whole(table_of):
    heading = b"id,name\n"
    padding = b"1," + b"x" * (files._BLOCK - len(heading) - 3)
    assert table_of(heading + padding + "ü\n".encode()).prove() is None


def test_a_column_is_found_whatever_its_case_and_blanks(table_of):
    table = table_of("id,Student  Number\n1,2\n")
    assert table.column(" student NUMBER ") == 1
    assert refusal(lambda: table.column("number")) == ("file-column-missing", {"column": "number"})
