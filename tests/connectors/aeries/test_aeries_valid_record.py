"""Whether a child has a valid record (aeries dossier 14.6)."""

import pytest
from aeries_server import child, school

from yellowbus.connectors.aeries.validity import Child, Validity
from yellowbus.errors import NeedsAdmin

LENA = Child(first_name="Lena", last_name="Okafor", birth_date="2015-03-09")


def lena(number=1, **more):
    return child(number, FirstName="Lena", LastName="Okafor") | more


def shown(number=1, **more):
    """The child as OneRoster shows it."""
    told = {
        "sourcedId": f"STU_{70_000_000 + number}",
        "status": "active",
        "givenName": "Lena",
        "familyName": "Okafor",
    }
    return told | more


def born(number=1, day="2015-03-09"):
    return {"sourcedId": f"STU_{70_000_000 + number}", "birthDate": day}


def answer(aeries, key, **settings):
    found = aeries.open(**settings).valid_record(key)
    return found.validity, found.student_ids


class TestByStudentId:
    def test_one_whom_oneroster_shows_is_active_by_one_question(self, aeries):
        aeries.lists["students"] = [shown()]
        assert answer(aeries, "70000001") == (Validity.ACTIVE, ("70000001",))
        assert (aeries.paths(), aeries.calls) == (["/students/STU_70000001"], [])

    def test_one_whom_oneroster_is_to_delete_is_looked_for_further(self, aeries):
        aeries.lists["students"] = [shown(status="tobedeleted")]
        assert answer(aeries, "70000001") == (Validity.ABSENT, ())

    @pytest.mark.parametrize(
        ("code", "validity"),
        [("", Validity.ACTIVE), ("*", Validity.PRE_ENROLLED), ("N", Validity.INACTIVE)],
    )
    def test_one_whom_oneroster_does_not_show_is_what_aeries_says(self, aeries, code, validity):
        aeries.students = [lena(InactiveStatusCode=code)]
        assert answer(aeries, "70000001") == (validity, ("70000001",))

    def test_of_several_records_the_liveliest_counts(self, aeries):
        aeries.students = [
            lena(InactiveStatusCode="N"),
            lena(SchoolCode=310, StudentNumber=9, InactiveStatusCode="*"),
        ]
        assert answer(aeries, "70000001")[0] is Validity.PRE_ENROLLED

    def test_one_who_was_there_only_last_year_is_inactive(self, aeries):
        aeries.earlier = [lena()]
        assert answer(aeries, "70000001") == (Validity.INACTIVE, ("70000001",))

    def test_last_year_is_not_read_where_aeries_does_not_have_it(self, aeries):
        aeries.info["AvailableDatabaseYears"] = ["2026-2027"]
        aeries.earlier = [lena()]
        assert answer(aeries, "70000001") == (Validity.ABSENT, ())
        assert {params.get("DatabaseYear") for _, params in aeries.calls} == {None}

    def test_nobody_anywhere_is_absent(self, aeries):
        assert answer(aeries, "70000001") == (Validity.ABSENT, ())

    def test_two_children_under_one_id_are_for_a_person_to_tell(self, aeries):
        aeries.students = [lena(), lena(SchoolCode=310, Birthdate="2016-01-01T00:00:00")]
        assert answer(aeries, "70000001") == (Validity.AMBIGUOUS, ("70000001",))

    def test_an_id_of_the_districts_own_make_is_looked_up(self, aeries):
        aeries.lists["students"] = [shown(sourcedId="S-70000001")]
        assert answer(aeries, "70000001", student_prefix="S-")[0] is Validity.ACTIVE


class TestByName:
    def test_one_whom_oneroster_shows_with_that_birth_date_is_active(self, aeries):
        aeries.lists |= {"students": [shown()], "demographics": [born()]}
        assert answer(aeries, LENA) == (Validity.ACTIVE, ("70000001",))
        assert aeries.calls == []

    def test_the_names_are_asked_for_by_a_filter(self, aeries):
        answer(aeries, LENA)
        asked = [params["filter"] for path, params in aeries.asked if path.endswith("/students")]
        assert asked[0] == "familyName='Okafor' AND givenName='Lena'"

    def test_two_with_that_name_and_birth_date_are_ambiguous(self, aeries):
        aeries.lists |= {"students": [shown(1), shown(2)], "demographics": [born(1), born(2)]}
        assert answer(aeries, LENA) == (Validity.AMBIGUOUS, ("70000001", "70000002"))

    def test_a_namesake_born_on_another_day_is_another_child(self, aeries):
        aeries.lists |= {"students": [shown()], "demographics": [born(day="2014-01-01")]}
        assert answer(aeries, LENA) == (Validity.ABSENT, ())

    def test_a_provider_that_ignores_the_filter_misleads_nobody(self, aeries):
        aeries.lists |= {"students": [shown(givenName="Lina")], "demographics": [born()]}
        usual = aeries.listed
        aeries.listed = lambda request, name, key, rows: usual(
            type(request)("GET", request.url.copy_remove_param("filter")), name, key, rows
        )
        assert answer(aeries, LENA) == (Validity.ABSENT, ())

    def test_one_whom_only_aeries_has_is_found_without_case_accents_and_signs(self, aeries):
        aeries.students = [child(1, FirstName="LENA", LastName="O'Káfor", InactiveStatusCode="*")]
        assert answer(aeries, LENA) == (Validity.PRE_ENROLLED, ("70000001",))

    def test_two_children_in_aeries_with_that_name_and_birth_date_are_ambiguous(self, aeries):
        aeries.students = [lena(1), lena(2)]
        assert answer(aeries, LENA) == (Validity.AMBIGUOUS, ("70000001", "70000002"))

    def test_a_name_without_a_birth_date_finds_nobody(self, aeries):
        aeries.students = [lena()]
        assert answer(aeries, Child(first_name="Lena", last_name="Okafor")) == (Validity.ABSENT, ())


class TestByMoreThanOne:
    def test_the_state_id_finds_a_child_under_another_name(self, aeries):
        aeries.students = [child(1)]
        known = Child(state_id="1000000001", first_name="Lena", last_name="Okafor", birth_date="2015-03-09")
        assert answer(aeries, known) == (Validity.ACTIVE, ("70000001",))

    def test_a_state_id_and_a_name_that_lead_to_two_children_are_ambiguous(self, aeries):
        aeries.students = [lena(1), child(2)]
        known = Child(state_id="1000000002", first_name="Lena", last_name="Okafor", birth_date="2015-03-09")
        assert answer(aeries, known) == (Validity.AMBIGUOUS, ("70000001", "70000002"))

    @pytest.mark.parametrize(
        "known",
        [
            Child(state_id="9999999999", first_name="Lena", last_name="Okafor", birth_date="2015-03-09"),
            Child(student_id="70000099", first_name="Lena", last_name="Okafor", birth_date="2015-03-09"),
            Child(student_id="70000001", birth_date="2014-01-01"),
        ],
    )
    def test_what_is_known_and_contradicts_the_record_is_ambiguous(self, aeries, known):
        aeries.students = [lena()]
        assert answer(aeries, known) == (Validity.AMBIGUOUS, ("70000001",))


def test_the_students_are_read_once_for_many_children(aeries):
    aeries.students = [lena()]
    opened = aeries.open()
    found = [opened.valid_record(str(70_000_000 + number)).validity for number in range(1, 4)]
    assert found == [Validity.ACTIVE, Validity.ABSENT, Validity.ABSENT]
    assert aeries.counted()["/schools/210/students"] == 2 + 1


def test_a_year_that_is_not_opened_answers_nothing(aeries):
    with pytest.raises(NeedsAdmin) as raised:
        answer(aeries, "70000001", database_year="2019")
    assert raised.value.code == "aeries-year"


def test_an_answer_shows_no_child_where_it_is_logged(aeries):
    aeries.schools = [school(0), school(210)]
    aeries.students = [lena()]
    found = aeries.open().valid_record(LENA)
    assert [word for word in ("Lena", "70000001", "2015") if word in f"{found!r} {LENA!r}"] == []
