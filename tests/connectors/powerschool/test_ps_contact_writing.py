"""Contacts written one by one, and found before (powerschool dossier 10)."""

import httpx2
import pytest
from tests.connectors.powerschool.family import tie

from yellowbus.connectors.writing import ContactWrite, Receipt
from yellowbus.errors import NeedsAdmin, NotUnderstood, OutcomeUnknown, RecordError, TryLater, YellowbusError
from yellowbus.records import Problem

NEW = "/ws/contacts/contact"
ADA = {
    "Contacts.FirstName": "Ada",
    "Contacts.LastName": "Canaryname",
    "Contacts.Relationship": "Mother",
    "Contacts.Custodial": "true",
    "Contacts.LivesWith": "false",
    "Contacts.Emails1": "ada@example.org",
    "Contacts.PhonesMobile": "480-555-0101",
}


def made(values=ADA, **more):
    return ContactWrite("t-1", "7", "200007", 2, values, **more)


def held(values, link="93", **more):
    return ContactWrite("t-1", "7", "200007", 2, values, contact="50", link=link, **more)


def refused(office, change):
    with pytest.raises(RecordError) as raised:
        office.open().write_contact(change)
    return raised.value


class TestCreating:
    def test_a_new_contact_goes_whole_in_one_request(self, family):
        receipt = family.open().write_contact(made())
        assert family.calls == [
            (
                "POST",
                NEW,
                {
                    "firstName": "Ada",
                    "lastName": "Canaryname",
                    "active": True,
                    "emails": [{"type": "Not Set", "address": "ada@example.org", "primary": True}],
                    "phones": [{"phoneType": "Cell", "phoneNumber": "480-555-0101", "sequence": 1}],
                    "contactStudents": [
                        {
                            "studentNumber": "200007",
                            "sequence": 2,
                            "studentDetails": [
                                {
                                    "relationship": "Mother",
                                    "custodial": True,
                                    "livesWith": False,
                                    "active": True,
                                }
                            ],
                        }
                    ],
                },
            )
        ]
        assert receipt == Receipt("900", "902")

    def test_what_was_written_is_read_back_by_the_same_names(self, family):
        more = {
            "Contacts.Emails2": "ada@work.example.org",
            "Contacts.Emails2Type": "Current",
            "Contacts.Phones1": "480-555-0190",
            "Contacts.Phones1Type": "Home",
            "Contacts.Phones1Ext": "12",
            "Contacts.AddressStreet": "1 Elm",
            "Contacts.AddressState": "AZ",
            "Contacts.Employer": "Mill",
            "Contacts.Emergency": "yes",
        }
        connector = family.open()
        receipt = connector.write_contact(made(ADA | more))
        (found,) = (each for each in connector.contacts("7") if each.remote == receipt.remote)
        told = {name: value for name, value in found.values.items() if value is not None}
        assert told == {
            **ADA,
            **more,
            "Contacts.Emergency": "true",
            "Contacts.Emails1Type": "Not Set",
            "Contacts.PhonesHome": "480-555-0190",
            "Contacts.Phones2": "480-555-0101",
            "Contacts.Phones2Type": "Cell",
        }
        assert (found.link, found.children) == (receipt.key, 1)

    def test_one_phone_named_twice_is_one_phone(self, family):
        family.open().write_contact(
            made(ADA | {"Contacts.Phones1": "480-555-0101", "Contacts.Phones2": "480-555-0102"})
        )
        assert family.calls[0][2]["phones"] == [
            {"phoneType": "Cell", "phoneNumber": "480-555-0101", "sequence": 1},
            {"phoneType": "Not Set", "phoneNumber": "480-555-0102", "sequence": 2},
        ]

    def test_a_type_without_its_number_is_nothing(self, family):
        family.open().write_contact(
            made({"Contacts.LastName": "Moss", "Contacts.Phones1Type": "Home", "Contacts.Emails1": None})
        )
        assert {"phones", "emails"}.isdisjoint(family.calls[0][2])

    def test_a_type_without_its_number_is_not_that_of_the_next(self, family):
        family.open().write_contact(
            made({"Contacts.LastName": "Moss", "Contacts.Phones1Type": "Home", "Contacts.Phones2": "7"})
        )
        assert family.calls[0][2]["phones"] == [{"phoneType": "Not Set", "phoneNumber": "7", "sequence": 1}]

    def test_a_use_takes_the_districts_own_word(self, family):
        family.open().write_contact(made(ADA | {"Contacts.PhonesWork": "1", "Contacts.PhonesHome": "2"}))
        assert [phone["phoneType"] for phone in family.calls[0][2]["phones"]] == ["Cell", "Daytime", "Home"]

    @pytest.mark.parametrize(
        ("values", "name", "code"),
        [
            (ADA | {"Contacts.Relationship": "Godmother"}, "Contacts.Relationship", "write-value-unknown"),
            (ADA | {"Contacts.Emails1Type": "Fax"}, "Contacts.Emails1Type", "write-value-unknown"),
            (ADA | {"Contacts.Custodial": "perhaps"}, "Contacts.Custodial", "write-value-unknown"),
            (ADA | {"Contacts.ShoeSize": "7"}, "Contacts.ShoeSize", "write-not-taken"),
            (ADA | {"Contacts.LastName": None}, "Contacts.LastName", "write-required"),
            ({"Contacts.FirstName": "Ada"}, "Contacts.LastName", "write-required"),
        ],
    )
    def test_what_cannot_be_is_refused_before_anything_is_sent(self, family, values, name, code):
        error = refused(family, made(values))
        assert (error.code, [field for field, _ in error.refused], family.calls) == (code, [name], [])
        assert "Godmother" not in f"{error} {error.facts} {error.refused}"

    def test_a_contact_needs_the_number_of_its_student(self, family):
        error = refused(family, ContactWrite("t-1", "7", "", 1, ADA))
        assert error.sentence == (
            "PowerSchool does not take the record without these: Student number. Nothing was sent."
        )

    def test_where_the_plugin_may_not_read_codes_none_is_ruled_out(self, family):
        errors = [{"code": "NoAccess", "field": "Code", "resource": "CodeSet"}]
        family.answers["/ws/schema/table/codeset"] = lambda _: family.reply({"errors": errors}, 403)
        family.open().write_contact(made(ADA | {"Contacts.Relationship": "Godmother"}))
        sent = family.calls[0][2]
        assert sent["contactStudents"][0]["studentDetails"][0]["relationship"] == "Godmother"
        assert (sent["phones"][0]["phoneType"], "type" in sent["emails"][0]) == ("Mobile", False)

    def test_a_use_that_the_district_has_no_word_for_is_said(self, family):
        family.tables["codeset"] = [row for row in family.tables["codeset"] if row["code"] != "Cell"]
        error = refused(family, made())
        assert (error.refused, family.calls) == ((("Contacts.PhonesMobile", "UNKNOWN_VALUE"),), [])

    def test_codes_are_read_once_for_many_contacts(self, family):
        connector = family.open()
        for _ in range(3):
            connector.write_contact(made())
        assert family.counted()["/ws/schema/table/codeset"] == 1


class TestTying:
    def test_a_contact_of_a_sibling_is_tied_and_stays_one(self, family):
        family.contacts[50]["contactStudents"] = [tie(91, 8)]
        receipt = family.open().write_contact(held({"Contacts.Relationship": "Aunt"}, link=""))
        assert family.calls == [
            (
                "POST",
                "/ws/contacts/50/students",
                {
                    "studentNumber": "200007",
                    "sequence": 2,
                    "studentDetails": [{"relationship": "Aunt", "active": True}],
                },
            )
        ]
        assert (receipt, list(family.contacts)) == (Receipt("50", "901"), [50])

    def test_what_differs_is_written_after_the_tie(self, family):
        family.contacts[50]["contactStudents"] = [tie(91, 8)]
        family.open().write_contact(held({"Contacts.Employer": "Dam", "Contacts.LastName": "Moss"}, link=""))
        assert [(method, path) for method, path, _ in family.calls] == [
            ("POST", "/ws/contacts/50/students"),
            ("PUT", "/ws/contacts/50/demographics"),
        ]

    def test_one_who_is_tied_already_is_not_tied_again(self, family):
        receipt = family.open().write_contact(held({"Contacts.Relationship": "Mother"}, link=""))
        assert (receipt, family.calls) == (Receipt("50", "93"), [])


class TestUpdating:
    def test_the_same_again_writes_nothing(self, family):
        (found,) = family.open().contacts("7")
        family.open().write_contact(held(found.values))
        assert family.calls == []

    def test_demographics_go_with_what_is_held_and_without_the_lists(self, family):
        family.open().write_contact(held({"Contacts.Employer": None, "Contacts.FirstName": "Adah"}))
        assert family.calls == [
            (
                "PUT",
                "/ws/contacts/50/demographics",
                {
                    "contactId": 50,
                    "prefix": None,
                    "firstName": "Adah",
                    "middleName": None,
                    "lastName": "Moss",
                    "employer": None,
                    "active": True,
                },
            )
        ]

    def test_a_relationship_changes_in_the_active_detail(self, family):
        family.contacts[50]["contactStudents"][1]["studentDetails"].insert(
            0, {"studentContactDetailId": 95, "relationship": "Aunt", "active": False}
        )
        family.open().write_contact(held({"Contacts.Relationship": "Father", "Contacts.LivesWith": "true"}))
        [(method, path, body)] = family.calls
        assert (method, path) == ("PUT", "/ws/contacts/50/students/93/studentdetails/94")
        assert body == {
            "studentContactDetailId": 94,
            "relationship": "Father",
            "custodial": True,
            "livesWith": True,
            "active": True,
        }

    def test_one_who_was_made_inactive_stays_so(self, family):
        family.contacts[50]["contactStudents"][1]["studentDetails"][0]["active"] = False
        family.open().write_contact(held({"Contacts.Relationship": "Father"}))
        assert family.calls[0][2]["active"] is False

    def test_a_tie_without_a_detail_gets_one(self, family):
        family.contacts[50]["contactStudents"][1]["studentDetails"] = []
        family.answers["/ws/contacts/50/students/93/studentdetails"] = lambda request: (
            family.calls.append(request.method) or family.saved("INSERT", 99)
        )
        family.open().write_contact(held({"Contacts.Relationship": "Father"}))
        assert family.calls == ["POST"]

    @pytest.mark.parametrize(
        ("values", "call"),
        [
            ({"Contacts.Emails1": "c@example.org"}, ("PUT", "/ws/contacts/50/emails/62", "c@example.org")),
            ({"Contacts.Emails2": "c@example.org"}, ("PUT", "/ws/contacts/50/emails/61", "c@example.org")),
            ({"Contacts.Emails3": "c@example.org"}, ("POST", "/ws/contacts/50/emails", "c@example.org")),
            ({"Contacts.Emails2": None}, ("DELETE", "/ws/contacts/50/emails/61", None)),
        ],
    )
    def test_an_email_is_changed_by_its_association(self, family, values, call):
        family.open().write_contact(held(values))
        [(method, path, body)] = family.calls
        assert (method, path, body and body["address"]) == call

    @pytest.mark.parametrize(
        ("values", "call"),
        [
            ({"Contacts.PhonesMobile": "2"}, ("PUT", "/ws/contacts/50/phones/71", "Cell", "2", 4)),
            ({"Contacts.PhonesHome": "2"}, ("PUT", "/ws/contacts/50/phones/72", "Home", "2", 2)),
            ({"Contacts.Phones1": "2"}, ("PUT", "/ws/contacts/50/phones/72", "Home", "2", 2)),
            (
                {"Contacts.Phones2": "2", "Contacts.PhonesMobile": "2"},
                ("PUT", "/ws/contacts/50/phones/71", "Cell", "2", 4),
            ),
            ({"Contacts.PhonesWork": "2"}, ("POST", "/ws/contacts/50/phones", "Daytime", "2", 5)),
        ],
    )
    def test_a_phone_is_changed_by_its_association(self, family, values, call):
        family.open().write_contact(held(values))
        [(method, path, body)] = family.calls
        assert (method, path, body["phoneType"], body["phoneNumber"], body["sequence"]) == call

    def test_a_part_that_stays_is_sent_along(self, family):
        family.open().write_contact(held({"Contacts.Phones1": "2"}))
        assert family.calls[0][2]["extension"] == "9"

    def test_two_values_for_one_phone_are_refused(self, family):
        error = refused(family, held({"Contacts.Phones1": "2", "Contacts.PhonesHome": "3"}))
        assert (error.code, error.facts["fields"], family.calls) == (
            "write-value-twice",
            "phones phoneNumber",
            [],
        )

    def test_the_first_address_is_changed_and_one_left_blank_is_taken_away(self, family):
        family.open().write_contact(held({"Contacts.AddressCity": "Tempe"}))
        family.open().write_contact(held({"Contacts.AddressCity": None, "Contacts.AddressStreet": None}))
        assert [(method, path, body and body["city"]) for method, path, body in family.calls] == [
            ("PUT", "/ws/contacts/50/addresses/81", "Tempe"),
            ("DELETE", "/ws/contacts/50/addresses/81", None),
        ]

    @pytest.mark.parametrize(
        "change",
        [
            held(ADA, link="77"),
            ContactWrite("t", "7", "1", 1, ADA, contact="51"),
            ContactWrite("t", "7", "1", 1, ADA, contact="../8"),
        ],
    )
    def test_a_contact_that_is_gone_is_said(self, family, change):
        assert (refused(family, change).code, family.calls) == ("contact-gone", [])

    def test_an_answer_about_another_contact_stops_before_anything_is_written(self, family):
        family.answers["/ws/contacts/contact/50"] = lambda _: family.reply({"contactId": 51})
        with pytest.raises(NotUnderstood):
            family.open().write_contact(held({"Contacts.Employer": "Dam"}))
        assert family.calls == []

    def test_a_part_that_went_meanwhile_is_said(self, family):
        family.answers["/ws/contacts/50/emails/62"] = lambda _: family.reply({}, 404)
        assert refused(family, held({"Contacts.Emails1": "c@example.org"})).code == "contact-gone"


def answer(office, body, status=200):
    office.answers[NEW] = lambda _: office.reply(body, status)


class TestWhatPowerSchoolSays:
    ERROR = {"field": "lastName", "error_code": "REQUIRED", "error_description": "Canaryname"}
    PHONE = {"field": "phones/phoneNumber", "error_code": "TYPE"}

    @pytest.mark.parametrize(
        "body",
        [
            {"status": "ERROR", "error_message": {"error": [ERROR]}},
            {"status": "ERROR", "error_message": {"error": ERROR}},
            {"status": "ERROR", "_error_message": {"_error": [ERROR]}},
            {"status": "ERROR", "_error_message": {"error": ERROR}},
            {"status": "VALID", "_error_message": {"_error": ERROR}, "_success_message": {"id": 1}},
            [{"status": "ERROR", "error_message": {"error": [ERROR, ERROR]}}],
        ],
    )
    def test_both_spellings_of_an_error_are_a_refusal(self, family, body):
        answer(family, body)
        error = refused(family, made())
        assert (error.code, error.refused) == ("write-refused", (("Contacts.LastName", "REQUIRED"),))
        assert "Canaryname" not in f"{error} {error!r} {error.detail}"

    def test_a_complaint_about_a_part_names_the_field_that_was_sent(self, family):
        answer(family, {"status": "ERROR", "error_message": {"error": [self.PHONE, {"field": "students/x"}]}})
        assert refused(family, made()).refused == (
            ("Contacts.PhonesMobile", "TYPE"),
            ("students/x", "no code"),
        )

    def test_an_error_that_names_nothing_is_still_a_refusal(self, family):
        answer(family, {"status": "ERROR"})
        assert refused(family, made()).facts["named"] == "no field"

    @pytest.mark.parametrize(
        "body",
        [
            {"status": "VALID", "_success_message": {"id": 51}},
            {"status": "SUCCESS", "success_message": {"id": "51"}},
            {"status": "VALID", "savedObject": {"contactId": 51}},
        ],
    )
    def test_an_id_is_found_where_it_stands(self, family, body):
        answer(family, body)
        assert family.open().write_contact(made()) == Receipt("51")

    @pytest.mark.parametrize(
        ("code", "told", "facts"),
        [
            ("ODD", "write-warned", {"warning": "ODD"}),
            ("NoAccess", "write-right-lacking", {"right": "Person.Employer"}),
        ],
    )
    def test_a_warning_is_in_the_receipt(self, family, code, told, facts):
        warning = {"_warning": [{"field": "employer", "warning_code": code}]}
        answer(family, {"status": "VALID", "_success_message": {"id": 51}, "_warning_message": warning})
        name = "Contacts.Employer"
        about = {"system": "PowerSchool", "field": name} | facts
        assert family.open().write_contact(made(ADA | {name: "Mill"})).warnings == (
            Problem(told, name, about, warning=True),
        )

    def test_warnings_of_all_requests_come_together(self, family):
        warning = {"_warning": {"field": "address", "warning_code": "ODD"}}
        body = {"status": "VALID", "_success_message": {"id": 1}, "_warning_message": warning}
        for number in (61, 62):
            family.answers[f"/ws/contacts/50/emails/{number}"] = lambda _: family.reply(body)
        receipt = family.open().write_contact(held({"Contacts.Emails1": "x", "Contacts.Emails2": "y"}))
        assert [warning.field for warning in receipt.warnings] == ["Contacts.Emails1"] * 2

    @pytest.mark.parametrize("body", [{}, {"status": "DONE"}, [], [{"status": "VALID"}] * 2, "Canaryname"])
    def test_another_shape_stops(self, family, body):
        answer(family, body)
        with pytest.raises(NotUnderstood) as raised:
            family.open().write_contact(made())
        assert "Canaryname" not in raised.value.sample

    @pytest.mark.parametrize(
        ("reply", "kind", "code"),
        [
            (httpx2.Response(200), OutcomeUnknown, "write-answer-unreadable"),
            (httpx2.Response(200, content=b"{"), OutcomeUnknown, "write-answer-unreadable"),
            (httpx2.Response(200, json={"status": "VALID"}), OutcomeUnknown, "write-answer-unreadable"),
            (httpx2.Response(500), OutcomeUnknown, "server-error"),
            (
                httpx2.Response(403, json={"errors": [{"field": "LastName", "resource": "Person"}]}),
                NeedsAdmin,
                "powerschool-write-grants",
            ),
            (
                httpx2.Response(400, json={"errors": [{"field": "lastName", "code": "BAD"}]}),
                RecordError,
                "write-refused",
            ),
            (httpx2.Response(423), RecordError, "record-locked"),
            (httpx2.Response(404), NotUnderstood, "powerschool-refused"),
            (
                httpx2.Response(200, html="<title>PowerSchool page unavailable</title>"),
                TryLater,
                "maintenance",
            ),
        ],
    )
    def test_each_status_has_its_own_meaning_and_is_sent_once(self, family, reply, kind, code):
        family.answers[NEW] = lambda _: reply
        with pytest.raises(YellowbusError) as raised:
            family.open().write_contact(made())
        assert (type(raised.value), raised.value.code, family.counted()[NEW]) == (kind, code, 1)

    @pytest.mark.parametrize("reply", [httpx2.Response(204), httpx2.Response(200)])
    def test_a_change_that_is_answered_with_nothing_is_taken(self, family, reply):
        family.answers["/ws/contacts/50/emails/62"] = lambda _: reply
        assert family.open().write_contact(held({"Contacts.Emails1": "c@example.org"})) == Receipt("50", "93")
