"""Students read and put together (qmlativ dossier 5.2, 8)."""

import pytest

from yellowbus.errors import NeedsAdmin, NotUnderstood, RecordError, TryLater

NAME = "Name.FirstName"


def test_a_student_is_put_together_from_its_lists(family):
    [found] = family.records(
        "Student.StudentNumber",
        "Name.FirstName",
        "Name.BirthDate",
        "School.Code",
        "Grade.Code",
        "EntryCode.Code",
        "Enrollment.StartDate",
        "Student.IsCurrentActive",
        "HomeAddress.StreetNumberAndName",
        "HomeZip.City",
        "HomeState.Code",
        "MailingAddress.StreetNumberAndName",
        "Phone1.PhoneNumber",
        "Phone2.PhoneNumber",
        "MobilePhone",
        "Email1.EmailAddress",
        "HomeLanguage.Code",
    )
    assert dict(found.values) == {
        "Student.StudentNumber": "200001",
        "Name.FirstName": "First1",
        "Name.BirthDate": "2017-03-04",
        "School.Code": "001",
        "Grade.Code": "03",
        "EntryCode.Code": "E1",
        "Enrollment.StartDate": "2025-09-01",
        "Student.IsCurrentActive": "true",
        "HomeAddress.StreetNumberAndName": "12 Elm St",
        "HomeZip.City": "Maple",
        "HomeState.Code": "MN",
        "MailingAddress.StreetNumberAndName": "PO Box 9",
        "Phone1.PhoneNumber": "6515550001",
        "Phone2.PhoneNumber": "6515550002",
        "MobilePhone": "6515550002",
        "Email1.EmailAddress": "first1@example.org",
        "HomeLanguage.Code": "ENG",
    }


def test_contacts_are_guardians_by_family_and_then_emergency_contacts(family):
    [found] = family.records(
        "Contact.ID",
        "Contact.Rank",
        "Contact.IsGuardian",
        "Contact.IsEmergency",
        "Contact.InPrimaryFamily",
        "Contact.AllowStudentPickup",
        "Contact.Relationship.Code",
        "Contact.Name.FirstName",
        "Contact.MobilePhone",
        "Contact.Comment",
    )
    assert [dict(contact) for contact in found.contacts] == [
        {
            "Contact.ID": "9001",
            "Contact.Rank": "1",
            "Contact.IsGuardian": "true",
            "Contact.IsEmergency": "false",
            "Contact.InPrimaryFamily": "true",
            "Contact.AllowStudentPickup": "true",
            "Contact.Relationship.Code": "MO",
            "Contact.Name.FirstName": "Grown9001",
            "Contact.MobilePhone": "6515550101",
        },
        {
            "Contact.ID": "9002",
            "Contact.Rank": "2",
            "Contact.IsGuardian": "true",
            "Contact.IsEmergency": "true",
            "Contact.InPrimaryFamily": "false",
            "Contact.AllowStudentPickup": "true",
            "Contact.Relationship.Code": "MO",
            "Contact.Name.FirstName": "Grown9002",
            "Contact.Comment": "After six",
        },
        {
            "Contact.ID": "9003",
            "Contact.Rank": "3",
            "Contact.IsEmergency": "true",
            "Contact.AllowStudentPickup": "false",
            "Contact.Relationship.Code": "GP",
            "Contact.Name.FirstName": "Near9003",
            "Contact.Comment": "After six",
        },
    ]


def test_a_guardian_is_known_by_the_family_alone(vendor):
    vendor.student(1)
    vendor.guardian(9001, 1, generated=False)
    [found] = vendor.records("Contact.Name.FirstName", "Contact.IsGuardian")
    assert list(found.contacts) == [{"Contact.Name.FirstName": "Grown9001", "Contact.IsGuardian": "true"}]


def test_siblings_share_the_guardians_of_a_family(vendor):
    for number in (1, 2):
        vendor.student(number)
    vendor.guardian(9001, 1)
    vendor.add("Family/StudentFamily", StudentFamilyID=999, StudentID=2, FamilyID=70, Rank=1)
    found = vendor.records("Contact.ID")
    assert [[contact["Contact.ID"] for contact in record.contacts] for record in found] == [
        ["9001"],
        ["9001"],
    ]


def test_the_enrollment_is_the_primary_and_latest_of_the_target_year(vendor):
    vendor.student(1)
    vendor.enroll(1, StartDate="2026-01-10", SchoolID=32)
    vendor.enroll(1, StartDate="2026-02-10", SchoolID=31, IsDefaultEntity=False)
    vendor.enroll(1, year=15, GradeReferenceID=1066)
    [now] = vendor.records("School.Code", "Grade.Code", "Enrollment.StartDate")
    [then] = vendor.records("School.Code", "Grade.Code", "Enrollment.StartDate", year=2026)
    assert list(now.values.values()) == ["2026-01-10", "002", "03"]
    assert list(then.values.values()) == ["2026-09-01", "001", "04"]


def test_the_codes_of_a_cloned_year_are_those_of_the_year_before(vendor):
    vendor.student(1)
    before = vendor.pages("School.Code", "EntryCode.Code", "Grade.Code")
    for path, key in (
        ("Enrollment/School", "SchoolID"),
        ("Enrollment/EntryCode", "EntryCodeID"),
        ("Enrollment/GradeReference", "GradeReferenceID"),
    ):
        for row in vendor.rows[path]:
            row[key] += 5000
    for key in ("SchoolID", "EntryCodeID", "GradeReferenceID"):
        vendor.rows["Enrollment/EntryWithdrawal"][0][key] += 5000
    after = vendor.pages("School.Code", "EntryCode.Code", "Grade.Code")
    assert [page.records for page in before] == [page.records for page in after]


def test_next_year_is_read_beside_the_target_year(vendor):
    for number in (1, 2):
        vendor.student(number)
    vendor.rows["Enrollment/EntryWithdrawal"].pop()
    vendor.enroll(2, year=15, GradeReferenceID=1066)
    one, two = vendor.records("School.Code", "NextSchool.Code", "NextGrade.Code", "NextEnrollment.StartDate")
    assert dict(one.values) == {"School.Code": "001"}
    assert dict(two.values) == {
        "NextEnrollment.StartDate": "2026-09-01",
        "NextSchool.Code": "001",
        "NextGrade.Code": "04",
    }


def test_a_next_year_that_is_not_there_has_nobody(vendor):
    vendor.student(1)
    vendor.enroll(1, year=15)
    fields = ("School.Code", "NextSchool.Code")
    [found] = vendor.records(*fields, year=2026)
    assert (dict(found.values), vendor.lists()["Enrollment/EntryWithdrawal"]) == ({"School.Code": "001"}, 1)


def test_without_a_school_year_the_current_one_of_qmlativ_is_meant(vendor):
    vendor.student(1)
    [found] = vendor.records("Enrollment.StartDate", school_year="")
    assert found.values["Enrollment.StartDate"] == "2025-09-01"


def test_requests_are_pages_and_not_students(vendor):
    for number in range(1, 41):
        vendor.student(number)
        vendor.guardian(9000 + number, number)
        vendor.phone(8000 + number, "6515550001")
    assert len(vendor.records(NAME, "Phone1.PhoneNumber", "Contact.Name.FirstName", page_size="30")) == 40
    counted = vendor.lists()
    assert (counted["Student/Student"], counted["Demographics/Name"], counted["Demographics/NamePhone"]) == (
        2,
        3,
        2,
    )
    assert len(vendor.asked) == 1 + sum(counted.values())


def test_only_what_is_wanted_is_asked_for(vendor):
    vendor.student(1)
    vendor.records("Student.StudentNumber")
    assert set(vendor.lists()) == {"District/SchoolYear", "Student/Student"}
    [(_, _, query, body, _)] = [each for each in vendor.asked if "Student/Student" in each[1]]
    assert query == [
        ("searchFields", "StudentID"),
        ("searchFields", "StudentNumber"),
        ("searchFields", "NameID"),
        ("SchoolYearID", "14"),
    ]
    assert body == {
        "SearchCondition": {"LongSearchCondition": {"FieldName": "StudentID", "ConditionType": "NotNull"}},
        "SearchSort": [{"FieldName": "StudentID", "Descending": False}],
    }


def test_pages_come_in_the_order_of_the_key_and_can_be_taken_up_again(vendor):
    for number in (11, 2, 30, 7, 100):
        vendor.student(number)
    pages = vendor.pages("Student.StudentNumber", page_size="2")
    numbers = [[page.decode(raw).values["Student.StudentNumber"] for raw in page.records] for page in pages]
    assert numbers == [["200002", "200007"], ["200011", "200030"], ["200100"]]
    assert [(page.last, page.total) for page in pages] == [(False, 5), (False, 5), (True, 5)]
    for place, page in enumerate(pages, 1):
        rest = vendor.pages("Student.StudentNumber", page_size="2", after=page.bookmark)
        assert [each.records for each in rest if each.records] == [each.records for each in pages[place:]]


@pytest.mark.parametrize("last_page", ["null", "absent", "self", "empty"])
def test_a_list_ends_however_its_last_page_says_so(vendor, last_page):
    vendor.last_page = last_page
    for number in range(1, 6):
        vendor.student(number)
    assert len(vendor.records(NAME, page_size="2")) == 5


def test_a_list_that_leads_back_is_refused(vendor):
    for number in range(1, 6):
        vendor.student(number)
    path = "/Custom/2/Student/Student/2/2"
    row = {"StudentID": 3, "StudentNumber": "200003", "NameID": 8003}
    reply = {"Objects": [row], "Paging": {"Next": "/Custom/2/Student/Student/1/2"}}
    vendor.answers[path] = lambda _: vendor._json(reply)
    with pytest.raises(NotUnderstood) as caught:
        vendor.records(NAME, page_size="2")
    assert caught.value.code == "qmlativ-endless"


def test_a_list_with_too_many_pages_is_refused(vendor):
    for number in range(1, 6):
        vendor.student(number)
    with pytest.raises(NotUnderstood) as caught:
        vendor.records(NAME, page_size="1", profile="[lists]\nmax_pages = 4")
    assert (caught.value.code, caught.value.facts["pages"]) == ("qmlativ-endless", 4)


def test_a_full_page_that_says_it_is_the_last_is_not_taken_at_its_word(vendor):
    for number in range(1, 6):
        vendor.student(number)
    vendor.stops_after = 1
    assert len(vendor.records(NAME, page_size="2")) == 5


def test_a_list_of_full_pages_costs_one_request_more(vendor):
    for number in range(1, 5):
        vendor.student(number)
    assert len(vendor.records("Student.StudentNumber", page_size="2")) == 4
    assert vendor.lists()["Student/Student"] == 3


def test_a_next_page_on_another_server_is_not_followed(vendor):
    vendor.student(1)
    reply = {
        "Objects": [{"StudentID": 1}],
        "Paging": {"Next": "https://elsewhere.example.org/Custom/2/x/2/2"},
    }
    vendor.answers["/Custom/2/Student/Student/1/500"] = lambda _: vendor._json(reply)
    with pytest.raises(NotUnderstood) as caught:
        vendor.records(NAME)
    assert caught.value.code == "reply-not-understood"


def test_a_next_page_may_be_a_whole_address(vendor):
    for number in (1, 2):
        vendor.student(number)
    whole = "https://skyward.example.org/MapleMNStuAPI/Custom/2/Student/Student/2/1"
    row = {"StudentID": 1, "StudentNumber": "200001", "NameID": 8001}
    vendor.answers["/Custom/2/Student/Student/1/1"] = lambda _: vendor._json(
        {"Objects": [row], "Paging": {"Next": whole}}
    )
    assert len(vendor.records(NAME, page_size="1")) == 2


def test_a_row_that_comes_twice_means_the_order_moved(vendor):
    vendor.student(1)
    vendor.rows["Student/Student"].append(dict(vendor.rows["Student/Student"][0]))
    with pytest.raises(TryLater) as caught:
        vendor.records(NAME)
    assert caught.value.code == "list-changed"


def test_a_field_that_no_row_has_stops_the_read(vendor):
    vendor.student(1)
    vendor.dropped.add("Demographics/Name.Gender")
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records("Name.Gender")
    assert (caught.value.code, caught.value.facts) == (
        "qmlativ-fields",
        {"object": "Demographics/Name", "fields": "Gender"},
    )


def test_a_profile_may_say_that_blank_fields_are_left_out(vendor):
    vendor.student(1)
    vendor.dropped.add("Demographics/Name.Gender")
    [found] = vendor.records("Name.Gender", NAME, profile='[lists]\nlacking_fields = "blank"')
    assert dict(found.values) == {NAME: "First1"}


def test_an_object_that_is_not_granted_is_named(vendor):
    vendor.student(1)
    vendor.not_given.add("Demographics/EmergencyContact")
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records("Contact.ID")
    assert (caught.value.code, caught.value.facts["object"]) == (
        "qmlativ-object",
        "Demographics/EmergencyContact",
    )


def test_an_object_switched_off_is_not_asked_for(family):
    family.not_given.add("Demographics/EmergencyContact")
    [found] = family.records("Contact.ID", profile="[objects.emergency_contact]\nuse = false")
    assert [contact["Contact.ID"] for contact in found.contacts] == ["9001", "9002"]


def test_a_year_without_schools_stops_the_read(vendor):
    vendor.student(1)
    vendor.rows["Enrollment/School"] = [
        row for row in vendor.rows["Enrollment/School"] if row["SchoolYearID"] == 14
    ]
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records("School.Code", year=2026)
    assert (caught.value.code, caught.value.facts["year"]) == ("qmlativ-year-not-set-up", "2026-2027")


def test_a_school_year_that_is_not_there_is_named_with_those_there_are(vendor):
    with pytest.raises(NeedsAdmin) as caught:
        vendor.records(NAME, year=2031)
    assert caught.value.facts == {"year": "2031-2032", "known": "2025-2026, 2026-2027"}


def test_a_student_without_an_id_fails_alone(vendor):
    vendor.student(1)
    vendor.student(2)
    vendor.rows["Student/Student"][1]["StudentID"] = None
    [page] = vendor.pages(NAME)
    assert page.decode(page.records[0]).values[NAME] == "First1"
    with pytest.raises(RecordError) as caught:
        page.decode(page.records[1])
    assert caught.value.code == "record-without-id"


def test_a_plain_list_is_read_where_the_profile_says_so(vendor):
    vendor.search = False
    vendor.student(1)
    vendor.enroll(1, year=15, StartDate="2027-01-01")
    [found] = vendor.records("Enrollment.StartDate", NAME, profile='[lists]\nby = "get"')
    assert dict(found.values) == {NAME: "First1", "Enrollment.StartDate": "2025-09-01"}


def test_each_entity_is_asked_where_the_profile_says_so(vendor):
    vendor.student(1)
    vendor.records("Enrollment.StartDate", profile="[objects.entry_withdrawal]\nin_each_entity = true")
    asked = [path for _, path, *_ in vendor.asked if "EntryWithdrawal" in path]
    assert asked == [
        "/Custom/2/Enrollment/EntryWithdrawal/1/500",
        "/Custom/10/Enrollment/EntryWithdrawal/1/500",
    ]


def test_a_field_of_another_name_is_read_under_ours(vendor):
    vendor.student(1, GenderCode="F")
    override = '[objects.name.fields]\nGender = { type = "text", as = "GenderCode" }'
    [found] = vendor.records("Name.Gender", profile=override)
    assert dict(found.values) == {"Name.Gender": "F"}


def test_a_field_of_the_district_itself_can_be_read(vendor):
    vendor.student(1)
    vendor.rows["Student/Student"][0]["BusColorMA"] = "Yellow"
    names = {field.name for field in vendor.open().fields("students")}
    [found] = vendor.records("Student.BusColorMA", "Student.NothingMA")
    assert ("Student.BusColorMA" in names, dict(found.values)) == (True, {"Student.BusColorMA": "Yellow"})


def test_a_day_of_the_district_itself_has_no_time(vendor):
    vendor.student(1)
    vendor.rows["Student/Student"][0] |= {"BusDate": "2025-10-01T00:00:00", "BusTime": "2025-10-01T07:10:00"}
    [found] = vendor.records("Student.BusDate", "Student.BusTime")
    assert dict(found.values) == {"Student.BusDate": "2025-10-01", "Student.BusTime": "2025-10-01T07:10:00"}


def test_a_state_object_is_a_join_of_an_override(vendor):
    vendor.student(1)
    vendor.add("Student/StudentMN", StudentID=1, BirthCity="Maple")
    override = """
        [objects.student_mn]
        module = "Student"
        object = "StudentMN"
        key = "StudentID"
        fields = { BirthCity = "text" }
        [students.State]
        object = "student_mn"
        via = "Student.StudentID"
    """
    [found] = vendor.records("State.BirthCity", profile=override)
    assert dict(found.values) == {"State.BirthCity": "Maple"}


def test_blank_is_blank_in_every_form(vendor):
    for number, value in enumerate((None, "", []), 1):
        vendor.student(number)
        vendor.rows["Demographics/Name"][-1]["MiddleName"] = value
    assert [dict(each.values) for each in vendor.records("Name.MiddleName")] == [{}, {}, {}]


def test_an_object_where_a_value_belongs_is_refused(vendor):
    vendor.student(1)
    vendor.rows["Demographics/Name"][0]["FirstName"] = {"canary": "First1"}
    with pytest.raises(NotUnderstood) as caught:
        vendor.records(NAME)
    assert (caught.value.code, "First1" in f"{caught.value} {caught.value.sample}") == (
        "reply-not-understood",
        False,
    )


def test_one_student_is_found_by_number_as_a_run_reads_it(family):
    family.student(2)
    [read, _] = family.records()
    found = family.open().find("200001")
    assert (found.values, list(found.contacts)) == (read.values, list(read.contacts))


def test_a_student_found_alone_has_the_enrollment_of_the_target_year(vendor):
    vendor.student(1)
    vendor.enroll(1, year=15, GradeReferenceID=1066)
    found = vendor.open().find("200001", frozenset({"Grade.Code", "NextGrade.Code"}))
    assert dict(found.values) == {"Grade.Code": "03", "NextGrade.Code": "04"}


def test_nobody_is_found_by_a_number_that_nobody_has(family):
    opened = family.open()
    assert [opened.find(key) for key in ("200009", "", " ", "*", "no number")] == [None] * 5


def test_of_two_students_with_one_number_none_is_chosen(vendor):
    vendor.student(1)
    vendor.student(2)
    vendor.rows["Student/Student"][1]["StudentNumber"] = "200001"
    with pytest.raises(RecordError) as caught:
        vendor.open().find("200001")
    assert caught.value.code == "id-repeated"
