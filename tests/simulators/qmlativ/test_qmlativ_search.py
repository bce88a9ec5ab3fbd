"""Dossier 5.3: the search body."""

from collections.abc import Callable
from typing import Any

import pytest
from qmlativ_client import Client

from yellowbus.simulators.district import District
from yellowbus.simulators.qmlativ import Options

STUDENTS = "/Custom/2/Student/Student/1/1000"
NAMES = "/Custom/2/Demographics/Name/1/3000"


def typed(name: str, kind: str, *, wrapper: str = "Long", **more: Any) -> dict[str, Any]:
    return {f"{wrapper}SearchCondition": {"FieldName": name, "ConditionType": kind, **more}}


def group(kind: str, *conditions: Any) -> dict[str, Any]:
    return {"SearchConditionGroup": {"ConditionGroupType": kind, "Conditions": list(conditions)}}


def grades(client: Client, kind: str, **more: Any) -> list[int]:
    """The different numeric grades for which a condition holds."""
    body = {"SearchCondition": typed("GradeNumeric", kind, **more)}
    rows = client.rows("Student/Student", "GradeNumeric", body=body)
    return sorted({row["GradeNumeric"] for row in rows})


@pytest.mark.parametrize(
    ("kind", "more", "found"),
    [
        ("Equal", {"Value": 5}, [5]),
        ("NotEqual", {"Value": 5}, [n for n in range(-1, 13) if n != 5]),
        ("Less", {"Value": 1}, [-1, 0]),
        ("LessEqual", {"Value": 1}, [-1, 0, 1]),
        ("Greater", {"Value": 11}, [12]),
        ("GreaterEqual", {"Value": 11}, [11, 12]),
        ("BetweenInclusive", {"List": [3, 5]}, [3, 4, 5]),
        ("BetweenExclusive", {"Value": [3, 5]}, [4]),
        ("NotBetweenInclusive", {"List": [0, 12]}, [-1]),
        ("NotBetweenExclusive", {"List": [0, 12]}, [-1, 0, 12]),
        ("List", {"List": [2, 7]}, [2, 7]),
        ("NotList", {"List": list(range(12))}, [-1, 12]),
        ("Null", {}, []),
        ("NotNull", {}, list(range(-1, 13))),
        ("equal", {"Value": "5"}, [5]),
    ],
)
def test_section_5_3_every_condition_type_on_numbers(
    client: Client, kind: str, more: dict[str, Any], found: list[int]
) -> None:
    assert grades(client, kind, **more) == found


@pytest.mark.parametrize(
    ("kind", "value", "holds"),
    [
        ("Like", "%ar%", lambda name: "ar" in name),
        ("Like", "m%", lambda name: name.startswith("m")),
        ("NotLike", "%a%", lambda name: "a" not in name),
        ("Begins", "Ma", lambda name: name.startswith("ma")),
        ("NotBegins", "Ma", lambda name: not name.startswith("ma")),
        ("Contains", "el", lambda name: "el" in name),
        ("NotContains", "e", lambda name: "e" not in name),
        ("Ends", "a", lambda name: name.endswith("a")),
        ("NotEnds", "a", lambda name: not name.endswith("a")),
        ("Equal", "xavier", lambda name: name == "xavier"),
    ],
)
def test_section_5_3_every_condition_type_on_text(
    client: Client, kind: str, value: str, holds: Callable[[str], bool]
) -> None:
    every = client.rows("Demographics/Name", "FirstName")
    body = {"SearchCondition": typed("FirstName", kind, wrapper="String", Value=value)}
    assert client.rows("Demographics/Name", "FirstName", body=body) == [
        row for row in every if holds(row["FirstName"].casefold())
    ]


def test_section_5_3_nothing_is_null_and_matches_nothing_else(client: Client) -> None:
    every = client.rows("Demographics/Name", "NameID", "MiddleName")
    without = [row["NameID"] for row in every if row["MiddleName"] is None]
    assert [row["NameID"] for row in client.where("Demographics/Name", "MiddleName", "Null")] == without
    unequal = client.where("Demographics/Name", "MiddleName", "NotEqual", "Ray", wrapper="String")
    assert not {row["NameID"] for row in unequal} & set(without)


@pytest.mark.parametrize(
    ("wrapper", "value"),
    [("Bool", True), ("Bool", "true"), ("Bool", "True"), ("Long", 1), ("String", "1"), ("String", "true")],
)
def test_section_5_3_wrappers_are_lenient_about_what_they_hold(
    client: Client, whole_district: District, wrapper: str, value: Any
) -> None:
    active = [s.id for s in whole_district.students if s.status.value == "active"]
    rows = client.where("Student/Student", "IsCurrentActive", "Equal", value, wrapper=wrapper)
    assert [row["StudentID"] for row in rows] == active


def test_section_5_3_a_string_wrapper_on_an_id(client: Client) -> None:
    rows = client.where("Student/Student", "StudentID", "List", "4001", "4003", wrapper="String")
    assert rows == [{"StudentID": 4001}, {"StudentID": 4003}]


def test_section_5_3_the_invented_example_finds_contacts_primary_first(client: Client) -> None:
    body = {
        "SearchCondition": group(
            "And",
            typed("NameID", "List", List=[10000001, 10000002]),
            typed("Rank", "LessEqual", Value=1),
        ),
        "SearchSort": [{"FieldName": "NamePhoneID", "Descending": False}],
    }
    rows = client.rows("Demographics/NamePhone", "NameID", "Rank", body=body)
    assert rows == [{"NameID": 10000001, "Rank": 1}, {"NameID": 10000002, "Rank": 1}]


def test_section_5_3_or_and_a_group_in_a_group(client: Client) -> None:
    fifth = typed("GradeNumeric", "Equal", Value=5)
    twelfth = group("And", typed("GradeNumeric", "Equal", Value=12), typed("IsGraduated", "Equal", Value=0))
    rows = client.rows(
        "Student/Student",
        "GradeNumeric",
        "IsGraduated",
        body={"SearchCondition": group("or", fifth, twelfth)},
    )
    assert {tuple(row.values()) for row in rows} == {(5, False), (12, False)}


def test_section_5_3_switch_no_group_in_a_group(connect: Callable[..., Client]) -> None:
    client = connect(Options(nested_groups=False))
    inner = group("And", typed("GradeNumeric", "Equal", Value=5))
    assert client.search(STUDENTS, body={"SearchCondition": inner}).status_code == 200
    assert client.search(STUDENTS, body={"SearchCondition": group("And", inner)}).status_code == 400


def test_section_5_names_are_matched_in_any_case(client: Client) -> None:
    body = {
        "searchcondition": {
            "SEARCHCONDITIONGROUP": {
                "conditiongrouptype": "AND",
                "conditions": [
                    {
                        "longsearchcondition": {
                            "fieldname": "gradenumeric",
                            "Conditiontype": "EQUAL",
                            "VALUE": 5,
                        }
                    }
                ],
            }
        }
    }
    rows = client.rows("Student/Student", "GradeNumeric", body=body)
    assert {row["GradeNumeric"] for row in rows} == {5}


def test_section_5_3_dates_and_times(client: Client, whole_district: District) -> None:
    born = sorted(s.birth for s in whole_district.students)[300].isoformat()
    rows = client.where("Demographics/Name", "BirthDate", "Less", born, wrapper="Date")
    assert len(rows) == len([s for s in whole_district.students if s.birth.isoformat() < born])
    changed = client.where(
        "Student/Student", "ModifiedTime", "Greater", "2026-07-01T08:00:30Z", wrapper="DateTime"
    )
    assert len(changed) == 600


def test_section_5_3_switch_the_wrappers_that_are_only_inferred(connect: Callable[..., Client]) -> None:
    client = connect(Options(other_wrappers=False))
    condition = typed("BirthDate", "Greater", wrapper="Date", Value="2015-01-01")
    assert client.search(NAMES, body={"SearchCondition": condition}).status_code == 400
    as_text = typed("BirthDate", "Greater", wrapper="String", Value="2015-01-01")
    assert client.search(NAMES, body={"SearchCondition": as_text}).status_code == 200


def test_section_5_3_sorting_by_several_fields(client: Client) -> None:
    body = {"SearchSort": [{"FieldName": "Grade", "Descending": True}, {"FieldName": "LastName"}]}
    rows = client.rows("Student/Student", "Grade", "LastName", "StudentID", body=body)
    keyed = [(row["Grade"], row["LastName"].casefold()) for row in rows]
    wanted = sorted(sorted(keyed, key=lambda pair: pair[1]), key=lambda pair: pair[0], reverse=True)
    assert keyed == wanted
    assert keyed[0][0] == "PK"


@pytest.mark.parametrize("kind", ["Equal", "NotNull"])
def test_an_enumeration_is_searched_by_its_literal(client: Client, kind: str) -> None:
    given = ("male",) if kind == "Equal" else ()
    rows = client.where("Demographics/Name", "Gender", kind, *given, wrapper="String")
    every = client.rows("Demographics/Name", "NameID", "GenderCode")
    wanted = [r["NameID"] for r in every if (r["GenderCode"] == "M" if given else r["GenderCode"])]
    assert [row["NameID"] for row in rows] == wanted


@pytest.mark.parametrize(
    "body",
    [
        {"SearchCondition": typed("Nothing", "Equal", Value=1)},
        {"SearchCondition": typed("GradeNumeric", "Resembles", Value=1)},
        {"SearchCondition": typed("GradeNumeric", "Equal", Value="five")},
        {"SearchCondition": typed("GradeNumeric", "Equal", List=[1, 2])},
        {"SearchCondition": typed("IsGraduated", "Equal", wrapper="Bool", Value="maybe")},
        {"SearchCondition": typed("GraduationDate", "Equal", wrapper="Date", Value="01/02/2026")},
        {"SearchCondition": typed("GradeNumeric", "Equal", wrapper="Odd", Value=1)},
        {"SearchCondition": {**typed("Grade", "Null"), **typed("Grade", "Null", wrapper="String")}},
        {"SearchCondition": [typed("Grade", "Null")]},
        {"SearchCondition": {"LongSearchCondition": "Grade"}},
        {"SearchCondition": group("Neither", typed("Grade", "Null"))},
        {"SearchCondition": group("And")},
        {"SearchSort": [{"FieldName": "Nothing"}]},
        {"SearchSort": ["Grade"]},
        ["Grade"],
    ],
)
def test_section_5_3_a_search_that_is_none_is_answered_400(client: Client, body: Any) -> None:
    reply = client.http.post(f"/JuniperFlatsAZStuAPI{STUDENTS}", headers=client.headers, json=body)
    assert reply.status_code == 400


def test_a_body_that_is_no_json_is_answered_400(client: Client) -> None:
    reply = client.http.post(f"/JuniperFlatsAZStuAPI{STUDENTS}", headers=client.headers, content=b"{")
    assert reply.status_code == 400


def test_a_search_is_answered_anew_after_a_change(connect: Callable[..., Client], district: District) -> None:
    client = connect(district=district)
    before = len(client.rows("Student/Student", body={"SearchSort": [{"FieldName": "StudentID"}]}))
    added = district.change(0.5, seed=2).added
    after = len(client.rows("Student/Student", body={"SearchSort": [{"FieldName": "StudentID"}]}))
    assert (len(added) > 0, after) == (True, before + len(added))
