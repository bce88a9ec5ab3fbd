"""Students of a OneRoster provider as records (oneroster dossier 1.3 to 1.6)."""

import pytest
from or_district import District, guardian

from protocols.oneroster_provider import student
from yellowbus.errors import NeedsAdmin, RecordError


def values(record):
    return {name: value for name, value in record.values.items() if value is not None}


class TestOneStudent:
    def test_a_student_of_version_1_1_is_read_whole(self, district):
        district.hold(
            student(
                1,
                middleName="",
                email="first1@example.org",
                sms=None,
                phone="5550100199",
                enabledUser="true",
                userIds=[{"type": "SIS", "identifier": "7"}, {"type": "LDAP", "identifier": "f1"}],
            )
        )
        assert values(district.one()) == {
            "sourcedId": "u-001",
            "identifier": "200001",
            "givenName": "First1",
            "familyName": "Last1",
            "email": "first1@example.org",
            "phone": "5550100199",
            "enabledUser": "true",
            "userIds": "SIS:7,LDAP:f1",
            "status": "active",
            "grade": "04",
            "grades": "04",
            "school.code": "210",
            "school.name": "Cedar Ridge",
        }

    def test_a_student_of_version_1_2_has_its_school_from_the_primary_role(self):
        district = District("v1p2")
        roles = [
            {"roleType": "secondary", "role": "student", "org": {"sourcedId": "310"}},
            {
                "roleType": "primary",
                "role": "student",
                "org": {"sourcedId": "210"},
                "beginDate": "2026-08-12",
                "endDate": "2027-05-30",
            },
        ]
        district.hold(student(1, role=None, orgs=None, roles=roles, preferredFirstName="Fi", pronouns="they"))
        found = district.one(
            "school.code",
            "school.others",
            "role.beginDate",
            "role.endDate",
            "preferredFirstName",
            "pronouns",
            version="1.2",
        )
        assert found.values == {
            "school.code": "210",
            "school.others": "310",
            "role.beginDate": "2026-08-12",
            "role.endDate": "2027-05-30",
            "preferredFirstName": "Fi",
            "pronouns": "they",
        }

    def test_a_primary_org_comes_before_the_roles(self):
        district = District("v1p2")
        roles = [{"role": "student", "org": {"sourcedId": "210"}}]
        district.hold(student(1, orgs=None, roles=roles, primaryOrg={"href": "/orgs/310"}))
        assert district.one("school.code", version="1.2").values == {"school.code": "310"}

    def test_a_teaching_role_gives_a_student_no_school(self):
        district = District("v1p2")
        roles = [
            {"roleType": "primary", "role": "aide", "org": {"sourcedId": "310"}},
            {"role": "student", "org": {"sourcedId": "210"}},
        ]
        district.hold(student(1, orgs=None, roles=roles))
        assert district.one("school.code", "school.others", version="1.2").values == {
            "school.code": "210",
            "school.others": None,
        }

    def test_the_district_among_the_orgs_is_no_school(self, district):
        district.hold(student(1, orgs=[{"sourcedId": "0"}, {"sourcedId": "310"}]))
        assert district.one("school.code", "school.others").values == {
            "school.code": "310",
            "school.others": None,
        }

    def test_a_school_that_nobody_listed_keeps_its_id(self, district):
        district.hold(student(1, orgs=[{"sourcedId": "999"}]))
        assert district.one("school.code", "school.name").values == {
            "school.code": "999",
            "school.name": None,
        }

    def test_the_school_code_can_be_the_identifier(self, district):
        district.hold(student(1))
        assert district.one("school.code", school_code="identifier").values == {"school.code": "A1"}

    def test_only_what_is_asked_for_is_in_the_record(self, district):
        district.hold(student(1))
        assert district.one("givenName", "no such field").values == {
            "givenName": "First1",
            "no such field": None,
        }

    def test_a_deleted_student_is_a_record_that_says_so(self, district):
        district.hold(student(1, status="tobedeleted"))
        assert district.one("status").values == {"status": "tobedeleted"}

    @pytest.mark.parametrize(
        ("grades", "grade"), [(["Fourth grade"], "04"), ("K", "KG"), (None, None), ([None], None)]
    )
    def test_grades_are_read_in_every_form(self, district, grades, grade):
        district.hold(student(1, grades=grades))
        assert district.one("grade").values == {"grade": grade}

    def test_a_student_without_an_id_fails_alone(self, district):
        district.hold(student(1, sourcedId=None, identifier=None), student(2))
        [page] = district.pages("givenName")
        told = []
        for raw in page.records:
            try:
                told.append(page.decode(raw).values["givenName"])
            except RecordError as error:
                told.append(error.code)
        assert sorted(told) == ["First2", "record-without-id"]


class TestDemographics:
    def one(self, district, *fields, **told):
        district.hold(student(1), demographics=[{"sourcedId": "u-001"} | told])
        return district.one(*(f"demographics.{field}" for field in fields)).values

    def test_they_are_joined_by_the_id(self, district):
        found = self.one(
            district, "birthDate", "sex", "cityOfBirth", birthDate="2015-03-09", sex="Female", cityOfBirth=""
        )
        assert found == {
            "demographics.birthDate": "2015-03-09",
            "demographics.sex": "female",
            "demographics.cityOfBirth": None,
        }

    def test_a_birth_date_with_a_time_is_a_day(self, district):
        assert self.one(district, "birthDate", birthDate="2015-03-09T00:00:00.000Z") == {
            "demographics.birthDate": "2015-03-09"
        }

    def test_the_habits_of_version_1_0_are_read(self, district):
        district.hold(student(1), demographics=[{"userSourcedId": "u-001", "birthdate": "2015-03-09"}])
        assert district.one("demographics.birthDate").values == {"demographics.birthDate": "2015-03-09"}

    @pytest.mark.parametrize(
        ("flags", "race"),
        [
            ({"asian": "true", "white": "false"}, "asian"),
            ({"asian": True, "white": "TRUE"}, "two-or-more"),
            ({"demographicRaceTwoOrMoreRaces": "true"}, "two-or-more"),
            ({"asian": "false", "white": "false"}, None),
            ({}, None),
        ],
    )
    def test_the_flags_become_one_race(self, district, flags, race):
        assert self.one(district, "race", **flags) == {"demographics.race": race}

    @pytest.mark.parametrize(
        ("flags", "ethnicity"),
        [
            ({"hispanicOrLatinoEthnicity": "true"}, "true"),
            ({"hispanicOrLatinoEthnicity": "false", "white": "true"}, "false"),
            ({"hispanicOrLatinoEthnicity": "false", "white": "false"}, None),
        ],
    )
    def test_flags_that_are_all_false_say_nothing_of_ethnicity(self, district, flags, ethnicity):
        assert self.one(district, "ethnicity", **flags) == {"demographics.ethnicity": ethnicity}

    def test_those_that_name_nobody_are_passed_over(self, district):
        district.hold(
            student(1),
            demographics=[None, {"birthDate": "2015-03-09"}, {"sourcedId": "u-001", "sex": "male"}],
        )
        assert district.one("demographics.sex", "demographics.birthDate").values == {
            "demographics.sex": "male",
            "demographics.birthDate": None,
        }

    def test_they_are_not_asked_for_where_nobody_wants_them(self, district):
        district.hold(student(1))
        district.one("givenName")
        assert set(district.paths()) == {"/schools", "/students"}

    def test_a_right_that_lacks_stops_the_read(self, district):
        district.hold(student(1))
        del district.lists["demographics"]
        with pytest.raises(NeedsAdmin) as raised:
            district.records("demographics.birthDate")
        assert (raised.value.code, raised.value.facts["what"]) == ("oneroster-address", "demographics")


class TestGuardians:
    def ids(self, district):
        return [contact["contact.sourcedId"] for contact in district.one("contact.sourcedId").contacts]

    def test_a_guardian_is_joined_whole(self, district):
        district.hold(
            student(1, agents=[{"sourcedId": "u-501"}]),
            guardians=[guardian(501, email="a@example.org", phone="", sms="5550100111")],
        )
        [contact] = district.one().contacts
        assert contact == {
            "contact.sourcedId": "u-501",
            "contact.identifier": "9501",
            "contact.givenName": "First501",
            "contact.middleName": None,
            "contact.familyName": "Last501",
            "contact.email": "a@example.org",
            "contact.phone": None,
            "contact.sms": "5550100111",
            "contact.role": "parent",
        }

    def test_they_come_in_the_order_of_the_student(self, district):
        district.hold(
            student(1, agents=[{"sourcedId": "u-502"}, {"sourcedId": "u-501"}]),
            guardians=[guardian(501), guardian(502)],
        )
        assert self.ids(district) == ["u-502", "u-501"]

    def test_the_link_may_be_given_by_the_guardian_alone(self, district):
        district.hold(student(1), guardians=[guardian(501, agents=[{"sourcedId": "u-001"}])])
        assert self.ids(district) == ["u-501"]

    @pytest.mark.parametrize("field", ["agentSourceIds", "agentSourcedIds"])
    def test_the_list_of_guardians_is_known_under_the_names_that_were_seen(self, district, field):
        district.hold(student(1) | {field: "u-502,u-501"}, guardians=[guardian(501), guardian(502), None])
        assert self.ids(district) == ["u-502", "u-501"]

    def test_a_link_from_both_sides_is_one_guardian(self, district):
        district.hold(
            student(1, agents=[{"sourcedId": "u-501"}]),
            guardians=[guardian(501, agents=[{"sourcedId": "u-001"}])],
        )
        assert self.ids(district) == ["u-501"]

    def test_a_teacher_whom_a_student_names_is_one_too(self, district):
        district.hold(student(1, agents=[{"sourcedId": "u-501"}]), guardians=[guardian(501, role="teacher")])
        assert [contact["contact.role"] for contact in district.one("contact.role").contacts] == ["teacher"]

    def test_a_teacher_whom_nobody_names_is_not(self, district):
        district.hold(student(1), guardians=[guardian(501, role="teacher", agents=[{"sourcedId": "u-001"}])])
        assert self.ids(district) == []

    def test_a_deleted_guardian_is_left_out(self, district):
        district.hold(
            student(1, agents=[{"sourcedId": "u-501"}]), guardians=[guardian(501, status="tobedeleted")]
        )
        assert self.ids(district) == []

    def test_a_guardian_of_version_1_2_is_known_by_a_second_role(self):
        district = District("v1p2")
        roles = [{"roleType": "primary", "role": "teacher"}, {"roleType": "secondary", "role": "guardian"}]
        district.hold(
            student(1, agents=[{"sourcedId": "u-501"}]), guardians=[guardian(501, role=None, roles=roles)]
        )
        [contact] = district.one("contact.role", version="1.2").contacts
        assert contact == {"contact.role": "guardian"}


class TestOnePersonOfSeveralUsers:
    def test_users_with_one_number_and_name_are_one_student(self, district):
        district.hold(
            student(1, sourcedId="hash-b", orgs=[{"sourcedId": "310"}]),
            student(1, sourcedId="hash-a", orgs=[{"sourcedId": "210"}]),
        )
        assert district.one("sourcedId", "school.code", "school.others").values == {
            "sourcedId": "hash-a",
            "school.code": "210",
            "school.others": "310",
        }

    def test_the_active_one_counts_before_a_deleted_one(self, district):
        district.hold(
            student(1, sourcedId="hash-a", status="tobedeleted", orgs=[{"sourcedId": "210"}]),
            student(1, sourcedId="hash-b", orgs=[{"sourcedId": "310"}]),
        )
        assert district.one("status", "school.code").values == {"status": "active", "school.code": "310"}

    def test_what_is_joined_to_any_of_them_is_joined_to_the_one(self, district):
        district.hold(
            student(1, sourcedId="hash-a"),
            student(1, sourcedId="hash-b", agents=[{"sourcedId": "u-501"}]),
            guardians=[guardian(501)],
            demographics=[{"sourcedId": "hash-b", "birthDate": "2015-03-09"}],
        )
        found = district.one("demographics.birthDate", "contact.sourcedId")
        assert (found.values, list(found.contacts)) == (
            {"demographics.birthDate": "2015-03-09"},
            [{"contact.sourcedId": "u-501"}],
        )

    def test_a_number_in_user_ids_joins_as_well(self, district):
        ids = [{"type": "SIS", "identifier": "7"}]
        district.hold(
            student(1, sourcedId="hash-a", identifier=None, userIds=ids),
            student(1, sourcedId="hash-b", identifier="", userIds=ids),
        )
        assert len(district.records("sourcedId")) == 1

    def test_two_children_with_one_number_by_mistake_stay_two(self, district):
        district.hold(student(1), student(2, identifier="200001"))
        assert sorted(record.values["givenName"] for record in district.records("givenName")) == [
            "First1",
            "First2",
        ]

    def test_users_without_any_number_stay_apart(self, district):
        district.hold(student(1, identifier=None), student(1, sourcedId="u-009", identifier=None))
        assert len(district.records("sourcedId")) == 2


class TestPages:
    def test_pages_are_of_a_bounded_size_and_hold_everyone(self, district):
        district.hold(*(student(number) for number in range(1000)))
        read = district.pages("sourcedId")
        found = sorted(page.decode(raw).values["sourcedId"] for page in read for raw in page.records)
        assert found == sorted(f"u-{number:03}" for number in range(1000))
        assert len(read) == 6
        assert max(len(page.records) for page in read) < 300
        assert {page.total for page in read} == {1000}

    def test_a_bookmark_holds_though_students_come_and_go(self, district):
        district.hold(*(student(number) for number in range(600)))
        first, *rest = district.pages("sourcedId")
        after = {raw for page in rest for raw in page.records}
        district.hold(*(student(number) for number in range(3, 700)))
        again = {raw for page in district.pages("sourcedId", after=first.bookmark) for raw in page.records}
        gone = {raw for raw in after if any(f'"u-00{number}"'.encode() in raw for number in range(3))}
        assert after - gone <= again

    def test_the_last_bookmark_leads_to_an_empty_last_page(self, district):
        district.hold(student(1))
        [page] = district.pages("sourcedId")
        [after] = district.pages("sourcedId", after=page.bookmark)
        assert (list(after.records), after.last) == ([], True)

    def test_a_night_asks_a_page_at_a_time_and_never_per_student(self, district):
        district.hold(*(student(number) for number in range(1200)))
        district.pages()
        paths = district.paths()
        assert {path: paths.count(path) for path in set(paths)} == {
            "/schools": 2,
            "/students": 4,
            "/demographics": 1,
            "/users": 4,
        }
