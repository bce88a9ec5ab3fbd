"""OneRoster dossier 1.6, 1.7: the data model, its habits in the wild, and the five shapes of errors."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from simulated_roster_client import RosterClient

from yellowbus.simulators.district import District, Status
from yellowbus.simulators.oneroster import AgentSide, ErrorShape, GradeForm, Href, Options

Connect = Callable[..., RosterClient]
REQUIRED = {
    "1.1": {
        "/orgs": {"name", "type"},
        "/users": {"username", "enabledUser", "givenName", "familyName", "role", "orgs"},
        "/enrollments": {"user", "class", "school", "role"},
        "/academicSessions": {"title", "startDate", "endDate", "type", "schoolYear"},
        "/courses": {"title"},
        "/classes": {"title", "course", "school", "terms"},
        "/demographics": {"sourcedId"},
    },
    "1.2": {
        "/orgs": {"name", "type", "identifier"},
        "/users": {"enabledUser", "givenName", "familyName", "roles"},
        "/enrollments": {"user", "class", "school", "role"},
        "/academicSessions": {"title", "startDate", "endDate", "type", "schoolYear"},
        "/courses": {"title", "courseCode"},
        "/classes": {"title", "course", "school", "terms"},
        "/demographics": {"sourcedId"},
    },
}
FLAGS = (
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "nativeHawaiianOrOtherPacificIslander",
    "white",
    "demographicRaceTwoOrMoreRaces",
    "hispanicOrLatinoEthnicity",
)


def everything(client: RosterClient, path: str) -> list[dict[str, Any]]:
    [found] = client.get(path, limit=100_000).values()
    assert found
    return list(found)


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)] or [value]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)] or [value]
    return [value]


# --- the strict form ---


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_section_1_6_what_is_required_is_there(connect: Connect, version: str) -> None:
    client = connect(version=version)
    common = {"sourcedId", "status", "dateLastModified"}
    lacking = {
        path: [
            (required | common) - set(row)
            for row in everything(client, path)
            if not required | common <= set(row)
        ]
        for path, required in REQUIRED[version].items()
    }
    assert lacking == {path: [] for path in REQUIRED[version]}


def test_section_1_6_strictly_nothing_is_null_or_blank(either: RosterClient) -> None:
    for path in REQUIRED["1.1"]:
        odd = [
            leaf
            for row in everything(either, path)
            for leaf in leaves(row)
            if not isinstance(leaf, str) or not leaf
        ]
        assert odd == []


def test_section_1_6_a_time_is_utc_with_milliseconds(either: RosterClient) -> None:
    times = {row["dateLastModified"] for row in everything(either, "/students")}
    assert [each for each in times if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each)] == []


def test_section_1_6_a_user_has_a_role_in_1_1_and_roles_in_1_2(connect: Connect) -> None:
    student = connect().get("/students/s-801")["user"]
    newer = connect(version="1.2").get("/students/s-801")["user"]
    assert (student["role"], [org["sourcedId"] for org in student["orgs"]]) == (
        "student",
        [newer["primaryOrg"]["sourcedId"]],
    )
    assert "roles" not in student
    assert {"role", "orgs"} & set(newer) == set()
    assert [(role["roleType"], role["role"], role["org"]) for role in newer["roles"]] == [
        ("primary", "student", newer["primaryOrg"])
    ]


def test_section_1_6_enums_hold_only_their_words(either: RosterClient) -> None:
    roles = {
        role["role"] if either.version == "1.2" else row["role"]
        for row in everything(either, "/users")
        for role in row.get("roles", [{}])
    }
    assert roles == {"student", "teacher", "parent", "guardian", "relative"}
    assert {row["type"] for row in everything(either, "/orgs")} == {"district", "school"}
    sessions = {row["type"] for row in everything(either, "/academicSessions")}
    assert sessions == {"schoolYear", "semester", "term", "gradingPeriod"}
    assert {row["role"] for row in everything(either, "/enrollments")} == {"student", "teacher"}
    assert {row["classType"] for row in everything(either, "/classes")} == {"homeroom"}
    assert {row["status"] for row in everything(either, "/students")} == {"active", "tobedeleted"}


@pytest.mark.parametrize(
    ("version", "sexes"), [("1.1", {"male", "female", None}), ("1.2", {"male", "female", "other"})]
)
def test_section_1_6_the_second_version_knows_more_sexes(
    connect: Connect, version: str, sexes: set[str | None]
) -> None:
    district = District(students=60, seed=3)
    district.students[0].gender = "X"
    district.touched(district.students[0])
    client = connect(district=district, version=version)
    assert {row.get("sex") for row in everything(client, "/demographics")} == sexes


def test_section_1_6_every_reference_leads_somewhere(client: RosterClient) -> None:
    collections = {
        "org": "orgs",
        "user": "users",
        "class": "classes",
        "course": "courses",
        "academicSession": "academicSessions",
    }
    known = {
        kind: {row["sourcedId"] for row in everything(client, f"/{path}")}
        for kind, path in collections.items()
    }
    for path in REQUIRED["1.1"]:
        for row in everything(client, path):
            refs = [ref for value in row.values() for ref in (value if isinstance(value, list) else [value])]
            lost = [
                ref
                for ref in refs
                if isinstance(ref, dict) and "href" in ref and ref["sourcedId"] not in known[ref["type"]]
            ]
            assert lost == []


def test_a_students_values_are_those_of_the_district(client: RosterClient) -> None:
    shown = {row["sourcedId"]: row for row in everything(client, "/students")}
    told = {row["sourcedId"]: row for row in everything(client, "/demographics")}
    for student in client.app.sis.district.of_status(Status.ACTIVE):
        row, more = shown[f"s-{student.dcid}"], told[f"s-{student.dcid}"]
        assert (row["givenName"], row["familyName"], row.get("middleName", "")) == (
            student.first,
            student.last,
            student.middle,
        )
        assert (row["identifier"], row.get("email", "")) == (student.number, student.email)
        assert more["birthDate"] == student.birth.isoformat()
        assert more["hispanicOrLatinoEthnicity"] == ("true" if student.hispanic else "false")


# --- races ---


@pytest.mark.parametrize(
    ("races", "flags"),
    [
        (("WH",), {"white"}),
        (("WH", "5"), {"white", "asian", "demographicRaceTwoOrMoreRaces"}),
        (("AI", "BL", "06"), set(FLAGS) - {"asian", "white", "hispanicOrLatinoEthnicity"}),
    ],
)
def test_section_1_6_two_or_more_races_follow_from_their_count(
    connect: Connect, races: tuple[str, ...], flags: set[str]
) -> None:
    district = District(students=30, seed=3)
    student = district.students[0]
    student.races, student.hispanic = races, False
    district.touched(student)
    row = connect(district=district).get("/demographics/s-801")["demographics"]
    assert {name: row[name] for name in FLAGS} == {
        name: "true" if name in flags else "false" for name in FLAGS
    }


@pytest.mark.parametrize(
    ("all_false", "shown"),
    [(True, dict.fromkeys(FLAGS, "false")), (False, {"hispanicOrLatinoEthnicity": "false"})],
)
def test_section_1_6_switch_a_race_that_nobody_knows(
    connect: Connect, all_false: bool, shown: dict[str, str]
) -> None:
    district = District(students=30, seed=3)
    student = district.students[0]
    student.races, student.hispanic = (), False
    district.touched(student)
    client = connect(Options(unknown_race_is_false=all_false), district=district)
    row = client.get("/demographics/s-801")["demographics"]
    assert {name: row[name] for name in FLAGS if name in row} == shown


# --- habits ---


def test_section_1_6_switch_nulls_and_blanks(connect: Connect) -> None:
    client = connect(Options(nulls_and_blanks=True))
    rows = everything(client, "/students")
    assert {row["metadata"] for row in rows} == {None}
    assert "" in {row["middleName"] for row in rows}
    assert {frozenset(row) for row in rows} == {frozenset(rows[0])}


def test_section_1_6_switch_booleans(connect: Connect) -> None:
    shown = [
        connect(Options(real_booleans=real)).get("/students/s-801")["user"]["enabledUser"]
        for real in (False, True)
    ]
    assert shown == ["true", True]


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (Href.ABSOLUTE, "https://roster.example.org/ims/oneroster/v1p1/orgs/"),
        (Href.RELATIVE, "/orgs/"),
        (Href.TILDE, "~/ims/oneroster/v1p1/orgs/"),
    ],
)
def test_section_1_6_switch_forms_of_href(connect: Connect, form: Href, start: str) -> None:
    [org] = connect(Options(href=form)).get("/students/s-801")["user"]["orgs"]
    assert org["href"] == start + org["sourcedId"]


def test_section_1_2_an_absolute_href_is_as_seen_from_outside(connect: Connect) -> None:
    [org] = connect(Options(outer_url="https://outside.example.org")).get("/students/s-801")["user"]["orgs"]
    assert org["href"].startswith("https://outside.example.org/ims/")


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (GradeForm.CEDS, {"PK", "KG", "01", "09", "12"}),
        (GradeForm.BARE, {"PK", "K", "1", "9", "12"}),
        (
            GradeForm.WORDS,
            {"Preschool/Prekindergarten", "Kindergarten", "First grade", "Ninth grade", "Twelfth grade"},
        ),
    ],
)
def test_section_1_6_switch_words_of_grades(connect: Connect, form: GradeForm, words: set[str]) -> None:
    grades = {
        grade for row in everything(connect(Options(grades=form)), "/students") for grade in row["grades"]
    }
    assert words <= grades
    assert len(grades) == 14


def test_section_1_6_switch_times_without_milliseconds(connect: Connect) -> None:
    row = connect(Options(milliseconds=False)).get("/students/s-801")["user"]
    assert row["dateLastModified"] == "2025-07-01T13:21:00Z"


def agents(client: RosterClient) -> tuple[int, int]:
    """How many ties are shown by students, and how many by their guardians."""
    counts = {"student": 0, "guardian": 0}
    for row in everything(client, "/users"):
        side = "student" if row["role"] == "student" else "guardian"
        counts[side] += len(row.get("agents", []))
    return counts["student"], counts["guardian"]


def test_section_1_6_switch_the_side_that_shows_guardians(connect: Connect) -> None:
    both = agents(connect(Options(agents=AgentSide.BOTH)))
    assert both[0] == both[1] > 300
    assert agents(connect(Options(agents=AgentSide.STUDENT))) == (both[0], 0)
    assert agents(connect(Options(agents=AgentSide.GUARDIAN))) == (0, both[1])


def test_section_1_6_switch_the_name_of_agents(connect: Connect) -> None:
    row = connect(Options(agents_field="agentSourceIds")).get("/students/s-801")["user"]
    assert "agents" not in row
    assert row["agentSourceIds"]


def test_section_1_6_who_fits_no_word_is_not_carried(client: RosterClient) -> None:
    carried = {
        row["sourcedId"]
        for row in everything(client, "/users")
        if row["role"] in {"parent", "guardian", "relative"}
    }
    ties = [(t.relationship, f"g-{t.contact.id}") for s in client.app.sis.district.students for t in s.ties]
    assert {
        person for relationship, person in ties if relationship in {"Neighbor", "Not Set"}
    } & carried == set()


def test_section_1_6_switch_a_person_shown_twice_shares_the_identifier(connect: Connect) -> None:
    client = connect(Options(shown_twice_every=25))
    shown: dict[str, list[dict[str, Any]]] = {}
    for row in everything(client, "/students"):
        shown.setdefault(row["identifier"], []).append(row)
    twice = [rows for rows in shown.values() if len(rows) == 2]
    active = [s for s in client.app.sis.district.of_status(Status.ACTIVE) if s.dcid % 25 == 0]
    assert len(twice) == len(active) > 5
    for one, other in twice:
        assert one["sourcedId"] != other["sourcedId"]
        assert one["orgs"] != other["orgs"]
        assert one["userIds"] == other["userIds"]


# --- errors ---


def info(minor: Any, key: str) -> dict[str, Any]:
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "There is no such object.",
        key: minor,
    }


FIELD = {
    "imsx_codeMinorField": [
        {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
    ]
}


@pytest.mark.parametrize(
    ("version", "shape", "body"),
    [
        ("1.1", None, {"statusInfoSet": [info(FIELD, "imsx_codeMinor")]}),
        ("1.2", None, info(FIELD, "imsx_CodeMinor")),
        ("1.1", ErrorShape.BARE, info(FIELD, "imsx_codeMinor")),
        ("1.2", ErrorShape.WRAPPED, {"imsx_StatusInfo": info(FIELD, "imsx_CodeMinor")}),
        ("1.2", ErrorShape.MINOR_AS_TEXT, info("unknownobject", "imsx_codeMinor")),
    ],
)
def test_section_1_7_an_error_has_one_of_five_shapes(
    connect: Connect, version: str, shape: ErrorShape | None, body: dict[str, Any]
) -> None:
    reply = connect(Options(error_shape=shape), version=version).ask("/students/nobody")
    assert (reply.status_code, reply.json()) == (404, body)


def test_section_1_7_an_error_may_be_plain_text(connect: Connect) -> None:
    reply = connect(Options(error_shape=ErrorShape.PLAIN_TEXT)).ask("/students/nobody")
    assert (reply.status_code, reply.text) == (404, "There is no such object.")
    assert reply.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("version", "query", "minor"),
    [
        ("1.1", {"filter": "shoe='9'"}, "invalid_selection_field"),
        ("1.2", {"filter": "shoe='9'"}, "invalid_filter_field"),
        ("1.2", {"fields": "shoe"}, "invalid_selection_field"),
        ("1.2", {"limit": "x"}, "invaliddata"),
    ],
)
def test_section_1_7_the_code_minor_says_what_was_wrong(
    connect: Connect, version: str, query: dict[str, str], minor: str
) -> None:
    text = connect(Options(error_shape=ErrorShape.BARE), version=version).ask("/students", **query).text
    assert f'"imsx_codeMinorFieldValue":"{minor}"' in text
