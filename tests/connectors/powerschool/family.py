"""A contact of two children, as the contacts API tells it (powerschool dossier 10.2). Everything is invented."""


def tie(number, student, sequence=1, **detail):
    told = {"studentContactDetailId": number + 1, "relationship": "Mother", "custodial": True, "active": True}
    return {
        "studentContactId": number,
        "dcid": student,
        "sequence": sequence,
        "studentNumber": 200_000 + student,
        "studentDetails": [told | detail],
    }


def settle(office):
    office.students = [office.student(7), office.student(8)]
    office.contacts[50] = {
        "contactId": 50,
        "firstName": "Ada",
        "middleName": None,
        "lastName": "Moss",
        "prefix": None,
        "employer": "Mill",
        "active": True,
        "emails": [
            {
                "contactEmailId": 61,
                "emailId": 2105,
                "type": "Current",
                "address": "b@example.org",
                "primary": False,
            },
            {
                "contactEmailId": 62,
                "emailId": 2106,
                "type": "Current",
                "address": "a@example.org",
                "primary": True,
            },
        ],
        "phones": [
            {
                "contactsPhoneId": 71,
                "phoneType": "Cell",
                "phoneNumber": "480-555-0101",
                "sequence": 4,
                "preferred": False,
            },
            {
                "contactsPhoneId": 72,
                "phoneType": "Home",
                "phoneNumber": "480-555-0102",
                "extension": "9",
                "sequence": 2,
                "preferred": False,
            },
            {"contactsPhoneId": 73, "phoneType": "Home", "phoneNumber": "1", "sequence": 1, "deleted": True},
        ],
        "addresses": [
            {
                "contactsAddressId": 81,
                "addressType": "Home",
                "street": "9 Oak Ln",
                "city": "Mesa",
                "state": "AZ",
                "sequence": 1,
            }
        ],
        "contactStudents": [tie(91, 8), tie(93, 7, livesWith=False)],
    }
    return office
