"""Contacts, joined from tables on disk or asked for one student (powerschool dossier 3.4, 10, 11.1)."""

import threading
from pathlib import Path

import httpx2
import pytest

from yellowbus.errors import NeedsAdmin, TryLater

API = "/ws/contacts/student/7"
EVERY = (
    "contact.first_name",
    "contact.relationship",
    "contact.email1",
    "contact.phone1",
    "contact.address_street",
)

CODES = [
    {"codesetid": "1", "codetype": "Relationship", "code": "Mother", "description": "Mother"},
    {"codesetid": "2", "codetype": "Relationship", "code": "Father", "description": "Father"},
    {"codesetid": "3", "codetype": "Phone", "code": "Mobile", "description": "Mobile"},
    {"codesetid": "4", "codetype": "Phone", "code": "Daytime", "description": "Daytime"},
    {"codesetid": "5", "codetype": "State", "code": "AZ", "description": "Arizona"},
    {"codesetid": "6", "codetype": "Email", "code": "Current", "description": "Current"},
]


def person(number, first, **more):
    return {"id": str(number), "firstname": first, "lastname": "Moss", "isactive": "1"} | more


def link(number, student, of_person, priority):
    return {
        "studentcontactassocid": str(number),
        "studentdcid": str(student),
        "personid": str(of_person),
        "contactpriorityorder": str(priority),
    }


def detail(number, of_link, relationship, **more):
    return {
        "studentcontactdetailid": str(number),
        "studentcontactassocid": str(of_link),
        "relationshiptypecodesetid": str(relationship),
        "isactive": "1",
        "iscustodial": "1",
        "schoolpickupflg": "0",
    } | more


def family(vendor):
    """Students 1 and 2 share a mother; 1 has a father too, first of priority; 3 has nobody."""
    vendor.held(3)
    vendor.tables = {
        "codeset": CODES,
        "person": [person(50, "Ada"), person(51, "Bo", middlename="R")],
        "studentcontactassoc": [link(90, 1, 50, 2), link(91, 1, 51, 1), link(92, 2, 50, 1)],
        "studentcontactdetail": [
            detail(70, 90, 1),
            detail(71, 91, 2),
            detail(72, 92, 1, relationshipnote="new"),
        ],
    }


def contacts(vendor, *fields):
    return [list(record.contacts) for record in vendor.records(*(fields or EVERY))]


def test_each_student_has_its_contacts_in_the_order_of_their_priority(vendor):
    family(vendor)
    firsts = [[contact["contact.first_name"] for contact in of_one] for of_one in contacts(vendor)]
    assert firsts == [["Bo", "Ada"], ["Ada"], []]


def test_a_contact_has_the_words_of_its_codes_and_its_flags(vendor):
    family(vendor)
    assert contacts(vendor, "contact.first_name")[1] == [
        {
            "contact.student_contact_id": "92",
            "contact.id": "50",
            "contact.priority": "1",
            "contact.first_name": "Ada",
            "contact.last_name": "Moss",
            "contact.relationship": "Mother",
            "contact.relationship_note": "new",
            "contact.custodial": "true",
            "contact.school_pickup": "false",
        }
    ]


def test_phones_come_preferred_first_with_their_type_and_by_their_use(vendor):
    family(vendor)
    vendor.tables |= {
        "phonenumber": [
            {"phonenumberid": "30", "phonenumber": "4805550101"},
            {"phonenumberid": "31", "phonenumber": "4805550102", "phonenumberext": "12"},
        ],
        "personphonenumberassoc": [
            {
                "personphonenumberassocid": "40",
                "personid": "50",
                "phonenumberid": "30",
                "phonetypecodesetid": "3",
                "phonenumberasentered": "480-555-0101",
                "phonenumberpriorityorder": "1",
            },
            {
                "personphonenumberassocid": "41",
                "personid": "50",
                "phonenumberid": "31",
                "phonetypecodesetid": "4",
                "ispreferred": "1",
                "phonenumberpriorityorder": "2",
            },
        ],
    }
    (ada,) = contacts(vendor)[1]
    assert {name: value for name, value in ada.items() if "phone" in name} == {
        "contact.phone1": "4805550102",
        "contact.phone1_type": "Daytime",
        "contact.phone1_extension": "12",
        "contact.phone_work": "4805550102",
        "contact.phone2": "480-555-0101",
        "contact.phone2_type": "Mobile",
        "contact.phone_mobile": "480-555-0101",
    }


def test_the_primary_email_is_the_first_and_the_fourth_is_left_out(vendor):
    family(vendor)
    vendor.tables |= {
        "emailaddress": [
            {"emailaddressid": str(n), "emailaddress": f"m{n}@example.org"} for n in range(1, 5)
        ],
        "personemailaddressassoc": [
            {
                "personemailaddressassocid": str(60 + n),
                "personid": "50",
                "emailaddressid": str(n),
                "emailtypecodesetid": "6",
                "isprimaryemailaddress": "1" if n == 3 else "0",
                "emailaddresspriorityorder": str(n),
            }
            for n in range(1, 5)
        ],
    }
    (ada,) = contacts(vendor)[1]
    assert [ada.get(f"contact.email{n}") for n in range(1, 5)] == [
        "m3@example.org",
        "m1@example.org",
        "m2@example.org",
        None,
    ]
    assert ada["contact.email1_type"] == "Current"


def test_the_first_address_is_the_address(vendor):
    family(vendor)
    vendor.tables |= {
        "personaddress": [
            {
                "personaddressid": "20",
                "street": "9 Oak Ln",
                "city": "Mesa",
                "statescodesetid": "5",
                "postalcode": "01854",
            },
            {"personaddressid": "21", "street": "1 Elm"},
        ],
        "personaddressassoc": [
            {
                "personaddressassocid": "80",
                "personid": "50",
                "personaddressid": "21",
                "addresspriorityorder": "2",
            },
            {
                "personaddressassocid": "81",
                "personid": "50",
                "personaddressid": "20",
                "addresspriorityorder": "1",
            },
        ],
    }
    (ada,) = contacts(vendor)[1]
    assert {name: value for name, value in ada.items() if "address" in name} == {
        "contact.address_street": "9 Oak Ln",
        "contact.address_city": "Mesa",
        "contact.address_state": "AZ",
        "contact.address_postal_code": "01854",
    }


def test_an_address_that_tells_nothing_is_not_the_address(vendor):
    family(vendor)
    vendor.tables |= {
        "personaddress": [{"personaddressid": "20"}, {"personaddressid": "21", "street": "1 Elm"}],
        "personaddressassoc": [
            {"personaddressassocid": str(n), "personid": "50", "personaddressid": str(n)} for n in (20, 21)
        ],
    }
    assert contacts(vendor)[1][0]["contact.address_street"] == "1 Elm"


def test_a_phone_too_many_is_still_the_first_of_its_use(vendor):
    family(vendor)
    kinds = ("3", "3", "3", "4", "4")
    vendor.tables |= {
        "phonenumber": [{"phonenumberid": str(n), "phonenumber": f"555{n}"} for n in range(5)],
        "personphonenumberassoc": [
            {
                "personphonenumberassocid": str(n),
                "personid": "50",
                "phonenumberid": str(n),
                "phonetypecodesetid": kind,
                "phonenumberpriorityorder": str(n),
            }
            for n, kind in enumerate(kinds)
        ],
    }
    (ada,) = contacts(vendor)[1]
    told = ("contact.phone_mobile", "contact.phone_work", "contact.phone3", "contact.phone4")
    assert [ada.get(name) for name in told] == ["5550", "5553", "5552", None]


def test_odd_characters_arrive_as_they_are(vendor):
    family(vendor)
    odd = 'Zoë "Ny" \\ Núñez-Ł, \U0001f41d\u2019\n'
    vendor.tables["person"][0] |= {"firstname": odd, "employer": ""}
    (ada,) = contacts(vendor)[1]
    assert (ada["contact.first_name"], ada.get("contact.employer")) == (odd, None)


def test_those_no_longer_active_are_left_out(vendor):
    family(vendor)
    vendor.tables["person"][1]["isactive"] = "0"
    vendor.tables["studentcontactdetail"][2]["isactive"] = "0"
    assert [len(of_one) for of_one in contacts(vendor)] == [1, 0, 0]


def test_two_active_details_are_still_one_contact(vendor):
    family(vendor)
    vendor.tables["studentcontactdetail"].append(detail(73, 92, 2))
    (ada,) = contacts(vendor)[1]
    assert ada["contact.relationship"] == "Mother"


def test_a_contact_read_again_is_the_same_bytes(vendor):
    family(vendor)
    first = [page.records for page in vendor.read(*EVERY)]
    vendor.tables["person"].reverse()
    vendor.tables["studentcontactassoc"].reverse()
    assert [page.records for page in vendor.read(*EVERY)] == first


def test_tables_are_read_only_where_their_fields_are_wanted(vendor):
    family(vendor)
    contacts(vendor, "contact.first_name")
    read = {path.split("/")[4] for path in vendor.counted() if path.startswith("/ws/schema/table/")}
    assert read == {"studentcontactassoc", "studentcontactdetail", "person", "codeset"}


def test_nobody_asks_for_tables_where_no_contact_field_is_wanted(vendor):
    family(vendor)
    contacts(vendor, "local_id", "contact.mother")
    assert [path for path in vendor.counted() if "schema" in path] == []


def test_requests_grow_with_pages_and_not_with_students(vendor):
    vendor.held(500)
    vendor.tables = {
        "person": [person(n, "Ada") for n in range(500)],
        "studentcontactassoc": [link(n, n, n, 1) for n in range(500)],
        "studentcontactdetail": [detail(n, n, 1) for n in range(500)],
    }
    assert sum(len(of_one) for of_one in contacts(vendor, "contact.first_name")) == 499
    # token, metadata, 2 x (4 table counts and the student count), 3 tables x 5 pages, 5 pages of students
    assert vendor.door.requests == 2 + 2 * 5 + 15 + 5


def test_pages_are_as_large_as_the_server_allows(vendor):
    vendor.page_size = 250
    vendor.held(500)
    vendor.tables = {"studentcontactassoc": [link(n, n, n, 1) for n in range(500)]}
    contacts(vendor, "contact.first_name")
    sizes = [params["pagesize"] for params in vendor.params("/ws/schema/table/studentcontactassoc")]
    assert sizes == ["250", "250"]


def test_no_table_waits_for_the_one_before(vendor):
    """Two tables answer only when both have been asked."""
    family(vendor)
    both = threading.Barrier(2)

    def answer(request):
        both.wait(timeout=20)
        return vendor.rows(request.url.path.rsplit("/", 1)[1], request.url.params)

    vendor.answers |= {f"/ws/schema/table/{table}": answer for table in ("studentcontactassoc", "person")}
    assert [len(of_one) for of_one in contacts(vendor, "contact.first_name")] == [2, 1, 0]


def test_tables_are_counted_at_the_same_time(vendor):
    family(vendor)
    both = threading.Barrier(2)

    def answer(request):
        both.wait(timeout=20)
        return vendor.reply({"count": len(vendor.tables[request.url.path.split("/")[4]])})

    vendor.answers |= {f"/ws/schema/table/{table}/count": answer for table in ("codeset", "person")}
    assert [len(of_one) for of_one in contacts(vendor, "contact.first_name")] == [2, 1, 0]


def test_pages_of_a_table_come_in_the_order_of_its_key(vendor):
    family(vendor)
    contacts(vendor, "contact.first_name")
    assert vendor.params("/ws/schema/table/person")[0]["sort"] == "id"


def test_a_table_that_gives_out_less_than_it_counts_is_read_again_later(vendor):
    family(vendor)
    vendor.answers["/ws/schema/table/person/count"] = lambda _: vendor.reply({"count": 3})
    with pytest.raises(TryLater) as raised:
        contacts(vendor)
    assert (raised.value.code, raised.value.facts) == (
        "list-changed",
        {"what": "person", "read": 2, "count": 3},
    )


def test_a_column_not_granted_is_named(vendor):
    family(vendor)
    body = {
        "message": "At least one column lacks access",
        "errors": [{"code": "NoAccess", "field": "employer", "resource": "Person"}],
    }
    vendor.answers["/ws/schema/table/person"] = lambda _: vendor.reply(body, 403)
    with pytest.raises(NeedsAdmin) as raised:
        contacts(vendor)
    assert (raised.value.code, raised.value.facts) == ("powerschool-grants", {"missing": "Person.employer"})


def test_the_rows_are_on_disk_in_a_file_without_a_name(vendor):
    family(vendor)
    vendor.tables["person"] += [person(n, "x" * 10_000) for n in range(1_000, 4_000)]
    pages = vendor.read(*EVERY)
    next(pages)
    opened = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert {name.endswith("(deleted)") for name in opened if "etilqs" in name} == {True}
    pages.close()


FULL = {
    "contactId": 50,
    "firstName": "Ada",
    "middleName": None,
    "lastName": "Moss",
    "active": True,
    "emails": [
        {"contactEmailId": 1, "type": "Current", "address": "b@example.org", "primary": False},
        {"contactEmailId": 2, "type": "Current", "address": "a@example.org", "primary": True},
    ],
    "phones": [
        {"phoneType": "Mobile", "phoneNumber": "480-555-0101", "sequence": 2, "preferred": False},
        {"phoneType": "Home", "phoneNumber": "480-555-0102", "sequence": 1, "preferred": False},
    ],
    "addresses": [
        {"addressType": "Home", "street": "9 Oak Ln", "state": "AZ", "postalcode": "85203", "sequence": 1}
    ],
    "contactStudents": [
        {"studentContactId": 12, "sequence": 9, "dcid": 8, "studentDetails": [{"active": True}]},
        {
            "studentContactId": 11,
            "sequence": 1,
            "dcid": 7,
            "studentDetails": [
                {"relationship": "Aunt", "active": False},
                {"relationship": "Mother", "custodial": True, "livesWith": False, "active": True},
            ],
        },
    ],
}


class TestOneStudent:
    def found(self, vendor, answer):
        vendor.students = [vendor.student(7)]
        vendor.answers[API] = lambda _: answer
        return list(vendor.open().find("200007", frozenset({"contact.first_name", "id"})).contacts)

    def test_the_contacts_api_gives_the_same_fields_as_the_tables(self, vendor):
        assert self.found(vendor, vendor.reply([FULL])) == [
            {
                "contact.id": "50",
                "contact.first_name": "Ada",
                "contact.last_name": "Moss",
                "contact.student_contact_id": "11",
                "contact.priority": "1",
                "contact.relationship": "Mother",
                "contact.custodial": "true",
                "contact.lives_with": "false",
                "contact.email1": "a@example.org",
                "contact.email1_type": "Current",
                "contact.email2": "b@example.org",
                "contact.email2_type": "Current",
                "contact.phone1": "480-555-0102",
                "contact.phone1_type": "Home",
                "contact.phone_home": "480-555-0102",
                "contact.phone2": "480-555-0101",
                "contact.phone2_type": "Mobile",
                "contact.phone_mobile": "480-555-0101",
                "contact.address_street": "9 Oak Ln",
                "contact.address_state": "AZ",
                "contact.address_postal_code": "85203",
                "contact.address_type": "Home",
            }
        ]

    def test_no_content_is_no_contacts(self, vendor):
        assert self.found(vendor, httpx2.Response(204)) == []

    def test_they_come_in_the_order_of_their_priority(self, vendor):
        late = FULL | {"contactId": 51, "contactStudents": [FULL["contactStudents"][1] | {"sequence": 3}]}
        assert [one["contact.id"] for one in self.found(vendor, vendor.reply([late, FULL]))] == ["50", "51"]

    @pytest.mark.parametrize("more", [{"active": False}, {"contactStudents": []}])
    def test_those_no_longer_active_are_left_out(self, vendor, more):
        assert self.found(vendor, vendor.reply([FULL | more])) == []

    def test_nobody_asks_for_contacts_not_wanted(self, vendor):
        vendor.students = [vendor.student(7)]
        vendor.open().find("200007", frozenset({"id"}))
        assert vendor.counted()[API] == 0
