"""OneRoster dossier 1.3 to 1.5: operations, filters, fields, sort, pages."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import httpx2
import pytest
from simulated_roster_client import RosterClient, ids

from yellowbus.simulators.district import District
from yellowbus.simulators.district.people import Status
from yellowbus.simulators.oneroster import BadField, LinkForm, Options
from yellowbus.simulators.oneroster.operations import OPERATIONS

Connect = Callable[..., RosterClient]


def students(client: RosterClient, **query: Any) -> list[str]:
    return ids(client.get("/students", **query)["users"])


def pages(client: RosterClient, limit: int) -> Iterator[list[str]]:
    """Pages as a client asks that goes on by rows received."""
    offset = 0
    while page := students(client, limit=limit, offset=offset):
        yield page
        offset += len(page)


def shown(district: District) -> list[str]:
    hidden = {Status.GRADUATED, Status.HISTORICAL}
    return [f"s-{student.dcid}" for student in district.students if student.status not in hidden]


# --- operations ---


def test_section_1_3_there_are_41_operations() -> None:
    assert len({operation.pattern for operation in OPERATIONS}) == 41


def example(client: RosterClient, collection: str) -> str:
    return {
        "schools": "org-101",
        "classes": "class-101-1000",
        "courses": "course-101",
        "teachers": "t-101-1000",
        "students": client.get("/classes/class-101-1000/students")["users"][0]["sourcedId"],
        "users": "t-101-1000",
        "terms": client.get("/schools/org-701/terms")["academicSessions"][0]["sourcedId"],
    }[collection]


def test_section_1_3_each_list_answers_with_the_key_of_its_type(either: RosterClient) -> None:
    keys = {
        operation.pattern: set(either.get(_filled(either, operation.pattern), limit=1))
        for operation in OPERATIONS
        if not operation.single
    }
    plural = {"user": "users", "class": "classes", "demographics": "demographics"}
    expected = {
        operation.pattern: {plural.get(operation.kind, f"{operation.kind}s")}
        for operation in OPERATIONS
        if not operation.single
    }
    assert keys == expected


def _filled(client: RosterClient, pattern: str) -> str:
    for part in pattern.split("/"):
        if part.startswith("{"):
            pattern = pattern.replace(part, example(client, part.strip("{}")))
    return pattern


def test_section_1_3_each_single_answers_with_its_own_key(either: RosterClient) -> None:
    keys, expected = {}, {}
    for operation in OPERATIONS:
        if operation.single:
            listed = either.get(f"/{operation.collection}", limit=1)
            [[row]] = listed.values()
            single = either.get(f"/{operation.collection}/{row['sourcedId']}")
            keys[operation.collection], expected[operation.collection] = single, {operation.kind: row}
    assert keys == expected


@pytest.mark.parametrize(
    "path",
    [
        "/students/nobody",
        "/schools/org-9/students",
        "/schools/org-102/classes/class-101-1000/students",
        "/shoes",
        "/students/t-101-1000",
    ],
)
def test_section_1_7_what_is_not_there_is_404(either: RosterClient, path: str) -> None:
    assert either.ask(path).status_code == 404


def test_section_1_3_nothing_can_be_written(client: RosterClient) -> None:
    reply = client.http.post("/ims/oneroster/v1p1/students", headers=client.headers, json={})
    assert reply.status_code == 405


@pytest.mark.parametrize(("versions", "found"), [(("1.1",), [200, 404]), (("1.2",), [404, 200])])
def test_section_1_2_switch_one_version_only(
    connect: Connect, versions: tuple[str, ...], found: list[int]
) -> None:
    client = connect(Options(versions=versions))
    paths = ("/ims/oneroster/v1p1/orgs", "/ims/oneroster/rostering/v1p2/orgs")
    assert [client.http.get(path, headers=client.headers).status_code for path in paths] == found


def test_section_1_3_switch_resources_that_a_provider_lacks(connect: Connect) -> None:
    client = connect(Options(absent=("/schools/{schools}/courses",)))
    assert client.ask("/schools/org-101/courses").status_code == 404
    assert client.ask("/schools/org-101/classes").status_code == 200


def test_the_students_are_those_of_the_district(either: RosterClient) -> None:
    assert students(either, limit=10_000) == shown(either.app.sis.district)


def test_nested_lists_hold_what_belongs_there(client: RosterClient) -> None:
    district = client.app.sis.district
    school = next(s for s in district.schools if s.number == 701)
    expected = [
        f"s-{s.dcid}"
        for s in district.students
        if s.school is school and s.status not in {Status.HISTORICAL, Status.GRADUATED}
    ]
    assert ids(client.get("/schools/org-701/students", limit=1000)["users"]) == expected
    room = client.get("/classes/class-701-1000")["class"]["title"].removeprefix("Home room ")
    members = [
        f"s-{s.dcid}"
        for s in district.students
        if s.school is school and s.home_room == room and s.status is Status.ACTIVE
    ]
    assert ids(client.get("/schools/org-701/classes/class-701-1000/students")["users"]) == members
    assert ids(client.get(f"/students/{members[0]}/classes")["classes"]) == ["class-701-1000"]


# --- filters ---


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("status='active'", lambda s: s.status in {Status.ACTIVE, Status.PRE_REGISTERED}),
        ("status!='active'", lambda s: s.status in {Status.TRANSFERRED, Status.INACTIVE}),
        ("familyName='Rosario'", lambda s: s.last == "Rosario"),
        ("familyName~'ROS'", lambda s: "ros" in s.last.casefold()),
        ("givenName>='R' AND givenName<'S'", lambda s: "R" <= s.first < "S"),
        ("givenName='Zoë' OR familyName='Rosario'", lambda s: s.first == "Zoë" or s.last == "Rosario"),
        ("grades='09'", lambda s: s.grade == 9),
        ("orgs.sourcedId='org-701'", lambda s: s.school.number == 701),
        ("userIds.identifier='200003'", lambda s: s.number == "200003"),
    ],
)
def test_section_1_4_a_filter_gives_those_that_it_names(
    client: RosterClient, text: str, holds: Callable[[Any], bool]
) -> None:
    known = set(shown(client.app.sis.district))
    expected = [
        f"s-{s.dcid}" for s in client.app.sis.district.students if holds(s) and f"s-{s.dcid}" in known
    ]
    assert expected
    assert students(client, limit=1000, filter=text) == expected


def test_section_1_4_a_quote_in_a_value_is_doubled(connect: Connect) -> None:
    district = District(students=60, seed=3)
    district.students[0].last = "O'Neil"
    district.touched(district.students[0])
    assert "s-801" in students(connect(district=district), filter="familyName='O''Neil'")


@pytest.mark.parametrize(
    "text",
    [
        "familyName=Rosario",
        "familyName",
        "(status='active')",
        "status='active' and givenName='A'",
        "status='active' AND grades='09' AND givenName='A'",
        "shoeSize='9'",
        "dateLastModified>'yesterday'",
    ],
)
def test_section_1_4_what_is_no_filter_is_400(either: RosterClient, text: str) -> None:
    assert either.ask("/students", filter=text).status_code == 400


def test_section_1_4_a_user_of_1_2_has_no_role_to_filter_by(connect: Connect) -> None:
    statuses = [
        connect(version=version).ask("/users", filter="role='student'").status_code
        for version in ("1.1", "1.2")
    ]
    assert statuses == [200, 400]


@pytest.mark.parametrize(
    ("kind", "status"), [(BadField.REFUSED, 400), (BadField.CRASHED, 500), (BadField.IGNORED, 200)]
)
def test_section_1_4_switch_fields_that_cannot_be_filtered_by(
    connect: Connect, kind: BadField, status: int
) -> None:
    client = connect(Options(filterable=("status",), bad_filter_field=kind))
    assert client.ask("/students", filter="familyName='Nobody'").status_code == status
    assert client.ask("/students", filter="status='active'").status_code == 200
    if kind is BadField.IGNORED:
        everybody = students(client, limit=1000)
        assert students(client, limit=1000, filter="familyName='Nobody'") == everybody


def test_section_1_4_switch_no_nested_filters(connect: Connect) -> None:
    client = connect(Options(nested_filters=False))
    assert client.ask("/students", filter="orgs.sourcedId='org-701'").status_code == 400


@pytest.mark.parametrize("since", ["2027-01-01T00:00:00.000Z", "2027-01-01T00:00:00Z", "2027-01-01"])
def test_section_1_4_a_delta_holds_what_changed_since(connect: Connect, since: str) -> None:
    now = [1_735_700_000.0]
    district = District(students=200, seed=3)
    client = connect(district=district, clock=lambda: now[0], options=Options(token_lifetime=10**9))
    wanted = f"dateLastModified>'{since}'"
    assert students(client, limit=1000, filter=wanted) == []
    now[0] = 1_798_800_000.0  # 1 January 2027, 10:40 UTC
    changed = district.change(0.1, 5)
    own = {"address", "phone", "home room", "grade", "last name", "status"}
    expected = [
        f"s-{s.dcid}"
        for s in district.students
        if s.number in changed.added or own & set(changed.changed.get(s.number, ()))
    ]
    assert students(client, limit=1000, filter=wanted) == [
        each for each in expected if each in shown(district)
    ]


def test_section_1_4_who_left_comes_as_tobedeleted(connect: Connect) -> None:
    district = District(students=300, seed=3)
    client = connect(district=district)
    students(client, limit=1)
    left = district.change(0.5, 5).transferred
    found = client.get("/students", limit=1000, filter="status='tobedeleted'")["users"]
    assert left
    assert set(left) <= {row["identifier"] for row in found}
    assert {row["enabledUser"] for row in found} == {"false"}


# --- fields and sort ---


def test_section_1_4_fields_gives_only_those(either: RosterClient) -> None:
    reply = either.get("/students", limit=1, fields="sourcedId,familyName")
    assert [sorted(row) for row in reply["users"]] == [["familyName", "sourcedId"]]
    assert sorted(either.get("/students/s-801", fields="givenName")["user"]) == ["givenName"]


def test_section_1_4_sort_orders_and_orderby_turns_it_round(either: RosterClient) -> None:
    names = [row["familyName"] for row in either.get("/students", limit=1000, sort="familyName")["users"]]
    turned = either.get("/students", limit=1000, sort="familyName", orderBy="desc")["users"]
    assert names == sorted(names)
    assert [row["familyName"] for row in turned] == names[::-1]


@pytest.mark.parametrize("query", [{"sort": "shoeSize"}, {"fields": "sourcedId,shoeSize"}])
def test_section_1_7_a_bad_sort_or_field_is_a_warning_in_1_1_and_400_in_1_2(
    connect: Connect, query: dict[str, str]
) -> None:
    body = connect().get("/students", limit=1, **query)
    assert [info["imsx_severity"] for info in body["statusInfoSet"]] == ["warning"]
    assert len(body["users"]) == 1
    assert connect(version="1.2").ask("/students", **query).status_code == 400
    assert connect(Options(warns_in_1p1=False)).ask("/students", **query).status_code == 400


def test_aeries_14_5_switch_sort_is_not_looked_at(connect: Connect) -> None:
    client = connect(Options(sort_served=False))
    assert students(client, sort="familyName", orderBy="desc") == students(client)


# --- pages ---


def test_section_1_4_a_page_has_100_rows_unless_asked_otherwise(either: RosterClient) -> None:
    everybody = shown(either.app.sis.district)
    assert students(either) == everybody[:100]
    assert students(either, limit=7, offset=3) == everybody[3:10]
    assert students(either, offset=100_000) == []
    assert students(either, limit=10_000) == everybody


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "many"}, {"offset": "-1"}])
def test_section_1_7_what_is_no_number_of_rows_is_422(either: RosterClient, query: dict[str, str]) -> None:
    assert either.ask("/students", **query).status_code == 422


def test_section_1_5_a_page_says_the_total_and_the_pages_around_it(client: RosterClient) -> None:
    reply = client.ask("/students", limit=10, offset=20, filter="status='active'")
    total = len(students(client, limit=1000, filter="status='active'"))
    assert reply.headers["x-total-count"] == str(total)
    assert {name: httpx2.URL(link["url"]).params["offset"] for name, link in reply.links.items()} == {
        "first": "0",
        "prev": "10",
        "next": "30",
        "last": str((total - 1) // 10 * 10),
    }
    followed = client.http.get(reply.links["next"]["url"], headers=client.headers).json()
    assert ids(followed["users"]) == students(client, limit=10, offset=30, filter="status='active'")


def test_section_1_5_the_last_page_has_no_next(client: RosterClient) -> None:
    total = len(students(client, limit=1000))
    assert "next" not in client.ask("/students", limit=10, offset=total - 10).links


@pytest.mark.parametrize(
    ("options", "total", "link"),
    [
        (Options(with_total=False), False, True),
        (Options(with_link=False), True, False),
        (Options(with_total=False, with_link=False), False, False),
    ],
)
def test_section_1_5_switch_headers(connect: Connect, options: Options, total: bool, link: bool) -> None:
    headers = connect(options).ask("/students").headers
    assert ("x-total-count" in headers, "link" in headers) == (total, link)


def test_section_1_5_switch_another_name_for_the_count(connect: Connect) -> None:
    headers = connect(Options(total_header="x-count")).ask("/students").headers
    assert ("x-total-count" in headers, "x-count" in headers) == (False, True)


@pytest.mark.parametrize(
    ("form", "start"),
    [
        (
            LinkForm.ABSOLUTE,
            '<https://roster.example.org/ims/oneroster/v1p1/students?limit=5&offset=0>; rel="first"',
        ),
        (LinkForm.RELATIVE, '</ims/oneroster/v1p1/students?limit=5&offset=0>; rel="first"'),
        (
            LinkForm.LOWER_UNQUOTED,
            "<https://roster.example.org/ims/oneroster/v1p1/students?limit=5&offset=0>; rel=first",
        ),
    ],
)
def test_section_1_5_switch_forms_of_link(connect: Connect, form: LinkForm, start: str) -> None:
    link = connect(Options(link_form=form)).ask("/students", limit=5).headers["link"]
    assert link.split(", ")[0] == start


def test_section_1_5_switch_a_larger_limit_is_cut_without_a_word(connect: Connect) -> None:
    client = connect(Options(maximum_limit=50))
    assert students(client, limit=10_000) == shown(client.app.sis.district)[:50]


def test_section_1_5_switch_a_wrong_count(connect: Connect) -> None:
    client = connect(Options(total_off_by=-3))
    real = len(shown(client.app.sis.district))
    assert client.ask("/students").headers["x-total-count"] == str(real - 3)


def test_section_1_5_switch_short_pages_lose_nobody(connect: Connect) -> None:
    client = connect(Options(short_pages=True))
    read = list(pages(client, 20))
    assert max(len(page) for page in read[:-1]) < 20
    assert [each for page in read for each in page] == shown(client.app.sis.district)


def test_section_1_5_switch_the_last_page_comes_for_ever(connect: Connect) -> None:
    client = connect(Options(repeats_last_page=True))
    read = list(islice(pages(client, 100), 12))
    assert len(read) == 12
    assert read[-1] == read[-2] == shown(client.app.sis.district)[-len(read[-1]) :]


def test_section_1_5_switch_rows_come_twice(connect: Connect) -> None:
    client = connect(Options(doubles=True))
    read = [each for page in pages(client, 50) for each in page]
    assert len(read) > len(set(read))
    assert list(dict.fromkeys(read)) == shown(client.app.sis.district)


def test_section_1_5_switch_the_order_drifts_unless_sorted(connect: Connect) -> None:
    client = connect(Options(drifts=True))
    assert students(client, limit=50) != students(client, limit=50)
    assert students(client, limit=50, sort="sourcedId") == students(client, limit=50, sort="sourcedId")


def test_aeries_14_5_switch_without_a_limit_all_come(connect: Connect) -> None:
    client = connect(Options(default_limit=None))
    assert students(client) == shown(client.app.sis.district)
