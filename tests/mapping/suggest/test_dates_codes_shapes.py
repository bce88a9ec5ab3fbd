"""What values tell: the exact date format, the codes they are, and whether they look like what a heading names."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowbus.catalog import code_set
from yellowbus.mapping.date_formats import parser, renderer
from yellowbus.mapping.suggest.codes import pairs_of_codes, pairs_of_values, usual_pairs, writings
from yellowbus.mapping.suggest.dates import Reading, order_of, read_dates
from yellowbus.mapping.suggest.lexicon import read
from yellowbus.mapping.suggest.shapes import Verdict, judge
from yellowbus.mapping.transforms import MatchCodes


@pytest.mark.parametrize(
    ("values", "reading"),
    [
        (["2012-03-14", "2011-11-05"], Reading("YYYY-MM-DD")),
        (["03/14/2012", "11/05/2011"], Reading("MM/DD/YYYY")),
        (["3/14/2012", "11/5/2011"], Reading("M/D/YYYY")),
        (["11/29/2010", "12/31/2009"], Reading("M/D/YYYY")),
        (["25/03/2014"], Reading("DD/MM/YYYY")),
        (["24.12.2012"], Reading("D.M.YYYY")),
        (["5/17/13"], Reading("M/D/YY")),
        (["20111230"], Reading("YYYYMMDD")),
        (["Apr 3, 2012"], Reading("MMM D, YYYY")),
        (["14-Mar-2012"], Reading("D-MMM-YYYY")),
        (["41000"], Reading("Excel serial")),
        (["2012-03-14T00:00:00", "2011-11-05T00:00:00"], Reading("YYYY-MM-DD", drop_time=True)),
        (["03/14/2012 12:00:00 AM"], Reading("MM/DD/YYYY", drop_time=True)),
        (["03/04/2012", "05/06/2013"], Reading("", ambiguous=True)),
        (["03/03/2012", "05/05/2013"], Reading("MM/DD/YYYY")),
        (["03/14/2012", "25/03/2012"], Reading("")),
        (["yesterday"], Reading("")),
        (["13"], Reading("")),
        ([], Reading("")),
    ],
)
def test_a_format_is_read_exactly_or_not_at_all(values: list[str], reading: Reading) -> None:
    assert read_dates(values) == reading


def test_what_comes_first_is_shown_by_a_column_that_leaves_no_choice() -> None:
    columns = [["03/04/2012"], ["08/24/2026"], ["Smith"], []]
    assert order_of(columns) == "M"
    assert read_dates(["03/04/2012"], "M") == Reading("MM/DD/YYYY")
    assert read_dates(["03/04/2012"], "D") == Reading("DD/MM/YYYY")


def test_columns_that_differ_show_nothing() -> None:
    assert (order_of([["03/14/2012"], ["25/03/2012"]]), order_of([["03/04/2012"]])) == ("", "")


@given(st.lists(st.dates(min_value=date(1990, 1, 1), max_value=date(2040, 1, 1)), min_size=1, max_size=5))
def test_a_format_that_is_read_gives_the_days_that_were_written(days: list) -> None:
    """Never another day: the format that wrote them, one that reads them alike, or none."""
    for form in ("MM/DD/YYYY", "D/M/YYYY", "YYYY-MM-DD", "M.D.YY"):
        values = [renderer(form)(day) for day in days]
        found = read_dates(values).format
        wrong = found and list(map(parser(found, 30), values)) != list(map(parser(form, 30), values))
        assert not wrong


@pytest.mark.parametrize("name", ["grade", "gender", "race", "ethnicity", "relationship", "enroll_status"])
def test_the_usual_writings_of_a_set_lead_to_its_codes(name: str) -> None:
    known = {code.value for code in code_set(name)}
    assert set(writings(name).values()) == known
    assert set(read("values.toml")[name]) <= known
    assert list(MatchCodes(table=usual_pairs(name, ())).faults()) == []


def test_no_writing_of_ours_is_ambiguous() -> None:
    for name, codes in read("values.toml").items():
        assert [
            text for texts in codes.values() for text in texts if text.casefold() not in writings(name)
        ] == []


def test_values_are_recognized_by_code_label_and_usual_writing() -> None:
    assert pairs_of_values("grade", ["09", "9th Grade", "Kindergarten", "Adult"]) == (
        ("09", "9"),
        ("9th Grade", "9"),
        ("Kindergarten", "K"),
    )
    assert pairs_of_values("language", ["English", "es", "ger", "Klingonish"]) == (
        ("English", "eng"),
        ("es", "spa"),
        ("ger", "deu"),
    )


def test_the_label_of_a_code_counts_before_the_code() -> None:
    codes = [("M", "Female"), ("10", "Mother"), ("W", "white")]
    assert pairs_of_codes("gender", codes[:1]) == (("M", "F"),)
    assert pairs_of_codes("relationship", codes[1:2]) == (("10", "mother"),)


def test_beside_seen_values_only_those_written_alike_are_added_to_a_large_set() -> None:
    table = dict(usual_pairs("grade", (("09", "9"),)))
    assert {key: table.get(key) for key in ("01", "12", "KG", "1ST", "1")} == {
        "01": "1", "12": "12", "KG": "K", "1ST": None, "1": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "values", "verdict"),
    [
        ("name", ["Uche", "Nora Mae"], Verdict.FITS),
        ("name", ["Roe, Ann"], Verdict.WRONG),
        ("email", ["a@example.org"], Verdict.FITS),
        ("email", ["a@example"], Verdict.WRONG),
        ("phone", ["(972) 555-0101", "9725550102", "972.555.0103 x12"], Verdict.FITS),
        ("phone", ["yes"], Verdict.WRONG),
        ("zip", ["55301", "93504-1182"], Verdict.FITS),
        ("zip", ["Colby"], Verdict.WRONG),
        ("id", ["101", "102"], Verdict.FITS),
        ("id", ["101", "101"], Verdict.WRONG),
        ("grade", ["09", "K"], Verdict.FITS),
        ("grade", ["91", "84"], Verdict.WRONG),
        ("race", ["W", "White", "Zed"], Verdict.FITS),
        ("race", ["Zed", "Zod", "W"], Verdict.WRONG),
        ("enroll_status", ["Active", "waiting"], Verdict.WRONG),
        ("school-code", ["0210", "SHS"], Verdict.FITS),
        ("school-code", ["Ridge Middle"], Verdict.WRONG),
        ("school-code", ["Northgate"], Verdict.WRONG),
        ("school-year", ["2026-2027"], Verdict.FITS),
        ("school-year", ["2026"], Verdict.WRONG),
        ("street", ["18 Cedar Ct", "PO Box"], Verdict.FITS),
        ("street", ["18 Cedar Ct, Colby, TX 75001"], Verdict.WRONG),
        ("boolean", ["Y", "No"], Verdict.FITS),
        ("boolean", ["maybe"], Verdict.WRONG),
        ("last-first", ["Roe, Ann"], Verdict.FITS),
        ("last-first", ["Roe, Ann Q"], Verdict.WRONG),
        ("last-first", ["Ann Roe"], Verdict.WRONG),
        ("suffix", ["Jr.", "III"], Verdict.FITS),
        ("email", ["", "  "], Verdict.NOTHING),
        ("text", ["anything"], Verdict.NOTHING),
    ],
)
def test_values_fit_a_shape_or_deny_it(shape: str, values: list[str], verdict: Verdict) -> None:
    assert judge(shape, values) is verdict
