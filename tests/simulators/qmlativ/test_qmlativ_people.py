"""Dossier 8 and 14: what the objects hold, compared with the invented district field by field."""

from collections import Counter, defaultdict
from typing import Any

import pytest
from qmlativ_client import Client

from yellowbus.simulators.district import District, Status, Student
from yellowbus.simulators.district.families import GUARDIANS
from yellowbus.simulators.qmlativ.tables import TABLES

PARAMETERS = {"SearchParameters": {"SchoolYearID": 13, "DistrictID": 1}}


def by(rows: list[dict[str, Any]], name: str) -> dict[Any, dict[str, Any]]:
    found = {row[name]: row for row in rows}
    assert len(found) == len(rows)
    return found


def grouped(rows: list[dict[str, Any]], name: str) -> dict[Any, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row[name]].append(row)
    return found


def codes(client: Client, path: str, name: str = "Code") -> dict[int, str]:
    key = f"{path.partition('/')[2]}ID"
    return {row[key]: row[name] for row in client.rows(path, key, name)}


@pytest.mark.parametrize("path", sorted(table.path for table in TABLES.values()))
def test_section_14_every_object_can_be_listed_with_every_field(client: Client, path: str) -> None:
    fields = [found.name for found in TABLES[path.lower()].fields.values()]
    rows = client.rows(path, *fields, body=PARAMETERS)
    assert [list(row) for row in rows[:1]] == [fields]
    ids = [row[fields[0]] for row in rows]
    assert ids == sorted(set(ids))
    assert ids
    assert fields[-4:] == ["CreatedTime", "ModifiedTime", "UserIDCreatedBy", "UserIDModifiedBy"]


@pytest.mark.parametrize("path", sorted(table.path for table in TABLES.values()))
def test_section_14_the_key_is_named_for_the_object_or_its_owner(path: str) -> None:
    table = TABLES[path.lower()]
    one_to_one = {"StudentAZ", "StudentTechnologyJF"}
    assert table.key.name == ("StudentID" if table.name in one_to_one else f"{table.name}ID")


def test_section_14_every_foreign_key_leads_to_a_row(client: Client) -> None:
    keys = {
        table.path: {row[table.key.name] for row in every_year(client, table.path, table.key.name)}
        for table in TABLES.values()
    }
    for table in TABLES.values():
        for relation in table.relations.values():
            rows = every_year(client, table.path, relation.foreign_key)
            held = {row[relation.foreign_key] for row in rows} - {None}
            assert (table.path, relation.name, held - keys[relation.target]) == (
                table.path,
                relation.name,
                set(),
            )


def every_year(client: Client, path: str, *fields: str) -> list[dict[str, Any]]:
    years = (11, 12, 13, 14) if TABLES[path.lower()].year else (13,)
    return [row for year in years for row in client.rows(path, *fields, body=PARAMETERS, SchoolYearID=year)]


def test_section_8_2_students_are_those_of_the_district(client: Client, whole_district: District) -> None:
    names = by(
        client.rows(
            "Demographics/Name",
            *("NameID", "FirstName", "MiddleName", "LastName", "BirthDate", "GenderCode", "NameSuffixID"),
            *("IsHispanic", "IsWhite", "IsBlack", "IsAlaskan", "IsAsian", "IsHawaiian", "IsStudentName"),
        ),
        "NameID",
    )
    suffixes = codes(client, "Demographics/NameSuffix", "Description")
    languages = codes(client, "Demographics/Language", "Description")
    rows = client.rows(
        "Student/Student",
        *(
            "StudentID",
            "NameID",
            "StudentNumber",
            "StudentStateID",
            "GradYear",
            "IsCurrentActive",
            "IsGraduated",
        ),
        *("LanguageIDPrimary", "LunchPINJF"),
    )
    found = {row["StudentNumber"]: (row, names[row["NameID"]]) for row in rows}
    assert list(found) == [student.number for student in whole_district.students]
    for student in whole_district.students:
        row, name = found[student.number]
        races = [n for n in ("IsWhite", "IsBlack", "IsAlaskan", "IsAsian", "IsHawaiian") if name[n]]
        assert (name["FirstName"], name["MiddleName"] or "", name["LastName"]) == (
            student.first,
            student.middle,
            student.last,
        )
        assert (name["BirthDate"], name["GenderCode"]) == (student.birth.isoformat(), student.gender)
        assert (suffixes.get(name["NameSuffixID"], ""), name["IsHispanic"]) == (
            student.suffix,
            student.hispanic,
        )
        assert (len(races), name["IsStudentName"]) == (len(student.races), True)
        assert (row["StudentStateID"] or "", row["GradYear"]) == (student.state_id, student.graduation_year)
        assert row["IsCurrentActive"] is (student.status is Status.ACTIVE)
        assert row["IsGraduated"] is (student.status is Status.GRADUATED)
        assert languages[row["LanguageIDPrimary"]] == student.household.language
        assert row["LunchPINJF"] == str(student.lunch_id)


def test_section_8_2_enrollments_of_the_year_are_by_code_those_of_the_district(
    client: Client, whole_district: District
) -> None:
    schools, entries = codes(client, "Enrollment/School"), codes(client, "Enrollment/EntryCode")
    exits = codes(client, "Enrollment/WithdrawalCode")
    grades = codes(client, "Enrollment/GradeReference", "GradeLevelCode")
    rows = by(
        client.rows(
            "Enrollment/EntryWithdrawal",
            *("StudentID", "SchoolID", "EntryCodeID", "WithdrawalCodeID", "GradeReferenceID", "StartDate"),
            *("EndDate", "WithdrawalDate"),
        ),
        "StudentID",
    )
    now = [s for s in whole_district.students if s.status in {Status.ACTIVE, Status.TRANSFERRED}]
    assert sorted(rows) == sorted(student.id for student in now)
    for student in now:
        row, left = rows[student.id], student.status is Status.TRANSFERRED
        assert schools[row["SchoolID"]] == str(student.school.number)
        assert entries[row["EntryCodeID"]] == student.entry_code
        assert grades[row["GradeReferenceID"]] == {-1: "PK", 0: "KG"}.get(
            student.grade, f"{student.grade:02d}"
        )
        assert row["StartDate"] == student.entry.isoformat()
        assert exits.get(row["WithdrawalCodeID"], "") == student.exit_code
        assert row["WithdrawalDate"] == (student.exit.isoformat() if left else None)
        assert (row["EndDate"] is None) is not left


def test_section_8_2_every_entry_lies_in_its_calendar(client: Client) -> None:
    for year in (11, 12, 13, 14):
        calendars = by(
            client.rows("Attendance/Calendar", "CalendarID", "StartDate", "EndDate", SchoolYearID=year),
            "CalendarID",
        )
        for row in client.rows("Enrollment/EntryWithdrawal", "CalendarID", "StartDate", SchoolYearID=year):
            calendar = calendars[row["CalendarID"]]
            assert calendar["StartDate"] <= row["StartDate"] <= calendar["EndDate"]


def test_section_8_2_the_entity_year_tells_who_is_active_and_in_which_home_room(
    client: Client, whole_district: District
) -> None:
    rooms = codes(client, "Enrollment/Homeroom")
    rows = by(client.rows("Enrollment/StudentEntityYear", "StudentID", "IsActive", "HomeroomID"), "StudentID")
    for student in whole_district.of_status(Status.ACTIVE):
        row = rows[student.id]
        assert (row["IsActive"], rooms[row["HomeroomID"]]) == (True, student.home_room)
    assert Counter(row["IsActive"] for row in rows.values())[True] == len(
        whole_district.of_status(Status.ACTIVE)
    )


def test_section_10_all_students_includes_those_of_other_years(
    client: Client, whole_district: District
) -> None:
    every = {row["StudentID"] for row in client.rows("Student/Student", "StudentID")}
    this_year = {row["StudentID"] for row in client.rows("Enrollment/EntryWithdrawal", "StudentID")}
    old = [s for s in whole_district.students if s.status in {Status.HISTORICAL, Status.GRADUATED}]
    assert {student.id for student in old} <= every - this_year
    assert old


# --- addresses, phones, e-mails ---


def test_section_8_3_addresses_are_shared_and_put_together_again(
    client: Client, whole_district: District
) -> None:
    links = grouped(
        client.rows("Demographics/NameAddress", "NameID", "AddressID", "IsMailing", "IsPhysical"), "NameID"
    )
    written = {row["AddressID"]: put_together(row) for row in addresses(client)}
    for student in whole_district.students:
        home, away = student.household.address, student.household.mailing
        rows = links[student.person_id]
        lived = [written[row["AddressID"]] for row in rows if row["IsPhysical"]]
        posted = [written[row["AddressID"]] for row in rows if row["IsMailing"]]
        assert lived == ([as_tuple(home)] if home.city else [])
        assert posted == ([as_tuple(away)] if away else lived)
    homes = {s.household.address for s in whole_district.students if s.household.address.city}
    assert len(homes) < len(whole_district.students)


def addresses(client: Client) -> list[dict[str, Any]]:
    streets = codes(client, "Demographics/Street", "Name")
    zips = by(client.rows("Demographics/Zip", "ZipID", "ZipCode", "City", "StateID"), "ZipID")
    states = codes(client, "SkySys/State")
    found = client.rows(
        "Demographics/Address",
        *("AddressID", "StreetNumber", "StreetID", "ZipID", "ZipCodeAddOn", "POBox", "SecondaryUnitNumber"),
    )
    for row in found:
        where = zips[row["ZipID"]]
        row |= {"Street": streets.get(row["StreetID"]), "Zip": where, "State": states[where["StateID"]]}
    return found


def put_together(row: dict[str, Any]) -> tuple[str, ...]:
    box = f"PO Box {row['POBox']}" if row["POBox"] else ""
    street = box or (f"{row['StreetNumber']} {row['Street']}" if row["Street"] else "")
    unit = f"Apt {row['SecondaryUnitNumber']}" if row["SecondaryUnitNumber"] else ""
    postal = "-".join(filter(None, (row["Zip"]["ZipCode"], row["ZipCodeAddOn"])))
    return street, unit, row["Zip"]["City"], row["State"], postal


def as_tuple(address: Any) -> tuple[str, ...]:
    return address.street, address.unit, address.city, address.state, address.postal_code


def test_section_8_3_phones_are_digits_in_the_order_of_their_rank(
    client: Client, whole_district: District
) -> None:
    kinds = codes(client, "Demographics/PhoneType", "Description")
    found = grouped(
        client.rows("Demographics/NamePhone", "NameID", "PhoneNumber", "PhoneTypeID", "Extension", "Rank"),
        "NameID",
    )
    for contact in whole_district.contacts():
        rows = sorted(found[10_000_000 + contact.id], key=lambda row: row["Rank"])
        assert [(kinds[r["PhoneTypeID"]], r["PhoneNumber"], r["Extension"] or "") for r in rows] == [
            (phone.type, bare(phone.number), phone.extension) for phone in contact.phones
        ]
    for student in whole_district.students:
        numbers = [row["PhoneNumber"] for row in found[student.person_id]]
        assert numbers == ([bare(student.household.phone)] if student.household.phone else [])


def bare(number: str) -> str:
    return "".join(letter for letter in number.removeprefix("+1") if letter.isdigit())


def test_section_8_3_e_mails_of_contacts_and_students(client: Client, whole_district: District) -> None:
    rows = client.rows("Demographics/NameEmail", "NameID", "EmailAddress", "Rank")
    found = {(row["NameID"], row["Rank"]): row["EmailAddress"] for row in rows}
    wanted = {(s.person_id, 1): s.email for s in whole_district.students if s.email}
    for contact in whole_district.contacts():
        ranked = enumerate(contact.emails, 1)
        wanted |= {(10_000_000 + contact.id, rank): email.address for rank, email in ranked}
    assert found == wanted


# --- families and guardians ---


def guardian_ties(student: Student) -> list[Any]:
    return [tie for tie in student.ties if tie.relationship in GUARDIANS]


def test_section_8_3_family_guardian_joined_with_student_family_gives_each_child_its_guardians(
    client: Client, whole_district: District
) -> None:
    guardians = grouped(client.rows("Family/FamilyGuardian", "FamilyID", "NameID", "Rank"), "FamilyID")
    families = grouped(client.rows("Family/StudentFamily", "StudentID", "FamilyID", "Rank"), "StudentID")
    for student in whole_district.students:
        joined = [row["NameID"] for family in families[student.id] for row in guardians[family["FamilyID"]]]
        wanted = [10_000_000 + tie.contact.id for tie in guardian_ties(student)]
        assert sorted(joined) == sorted(wanted)
        assert [family["Rank"] for family in families[student.id]] == list(
            range(1, len(families[student.id]) + 1)
        )
    assert max(len(rows) for rows in families.values()) == 2


def test_section_8_3_the_first_family_is_where_the_child_lives(
    client: Client, whole_district: District
) -> None:
    guardians = grouped(client.rows("Family/FamilyGuardian", "FamilyID", "NameID"), "FamilyID")
    families = client.rows("Family/StudentFamily", "StudentID", "FamilyID", "Rank")
    first = {row["StudentID"]: row["FamilyID"] for row in families if row["Rank"] == 1}
    for student in whole_district.students:
        near = [10_000_000 + t.contact.id for t in guardian_ties(student) if t.lives_with]
        if near:
            assert [row["NameID"] for row in guardians[first[student.id]]] == near


def test_section_8_3_student_guardians_carry_relationship_and_flags(
    client: Client, whole_district: District
) -> None:
    relationships = codes(client, "Demographics/Relationship", "Description")
    rows = client.rows(
        "Family/StudentGuardian",
        *("StudentID", "NameIDGuardian", "RelationshipID", "IsCustodialGuardian", "AllowStudentPickup"),
        *("IsEmergencyContact", "Rank"),
    )
    found = {(r["StudentID"], r["Rank"]): r for r in rows}
    wanted = {
        (student.id, rank): tie
        for student in whole_district.students
        for rank, tie in enumerate(guardian_ties(student), 1)
    }
    assert found.keys() == wanted.keys()
    for place, tie in wanted.items():
        row = found[place]
        assert (row["NameIDGuardian"], relationships[row["RelationshipID"]]) == (
            10_000_000 + tie.contact.id,
            tie.relationship,
        )
        flags = (row["IsCustodialGuardian"], row["AllowStudentPickup"], row["IsEmergencyContact"])
        assert flags == (tie.custodial, tie.pickup, tie.emergency)


def test_section_8_3_everyone_else_is_an_emergency_contact(client: Client, whole_district: District) -> None:
    relationships = codes(client, "Demographics/Relationship", "Description")
    rows = client.rows(
        "Demographics/EmergencyContact",
        *("NameID", "NameIDEmergencyContact", "RelationshipID", "Rank", "AllowPickUp", "Comment"),
    )
    found = {(row["NameID"], row["Rank"]): row for row in rows}
    wanted = {
        (student.person_id, rank): tie
        for student in whole_district.students
        for rank, tie in enumerate((t for t in student.ties if t.relationship not in GUARDIANS), 1)
    }
    assert found.keys() == wanted.keys()
    for place, tie in wanted.items():
        row = found[place]
        relationship = relationships.get(row["RelationshipID"], "Not Set")
        assert (row["NameIDEmergencyContact"], relationship) == (
            10_000_000 + tie.contact.id,
            tie.relationship,
        )
        assert (row["AllowPickUp"], row["Comment"] or "") == (tie.pickup, tie.note)


def test_section_8_2_name_flags_say_what_uses_a_name(client: Client) -> None:
    flags = ("IsStudentName", "IsGuardianName", "IsEmergencyContactName")
    rows = by(client.rows("Demographics/Name", "NameID", *flags), "NameID")
    used = {
        "IsStudentName": {r["NameID"] for r in client.rows("Student/Student", "NameID")},
        "IsGuardianName": {r["NameID"] for r in client.rows("Family/FamilyGuardian", "NameID")},
        "IsEmergencyContactName": {
            row["NameIDEmergencyContact"]
            for row in client.rows("Demographics/EmergencyContact", "NameIDEmergencyContact")
        },
    }
    assert {flag: {key for key, row in rows.items() if row[flag]} for flag in flags} == used


def test_section_12_the_seed_has_duplicates_by_name_and_preferred_names(
    client: Client, whole_district: District
) -> None:
    rows = client.rows("Student/Student", "FirstName", "LastName")
    assert max(Counter((r["FirstName"], r["LastName"]) for r in rows).values()) > 1
    aliases = {
        r["NameID"]: r["FirstName"] for r in client.rows("Demographics/NameAlias", "NameID", "FirstName")
    }
    assert aliases == {s.person_id: s.preferred for s in whole_district.students if s.preferred}


def test_section_8_4_state_and_district_objects_attach_one_to_one(
    client: Client, whole_district: District
) -> None:
    state = by(client.rows("Student/StudentAZ", "StudentID", "InitialUSSchoolEntryDateAZ"), "StudentID")
    own = by(client.rows("Student/StudentTechnologyJF", "StudentID", "NetworkUsernameJF"), "StudentID")
    for student in whole_district.students:
        assert state[student.id]["InitialUSSchoolEntryDateAZ"] == student.district_entry.isoformat()
        assert own[student.id]["NetworkUsernameJF"] == student.username


def test_a_days_changes_show_and_keep_every_id(connect: Any, district: District) -> None:
    client = connect(district=district)

    def everything() -> dict[str, dict[int, Any]]:
        paths = (
            "Demographics/Name",
            "Demographics/NamePhone",
            "Enrollment/EntryWithdrawal",
            "Family/StudentFamily",
        )
        return {
            path: by(
                client.rows(path, *[f.name for f in TABLES[path.lower()].fields.values()]),
                TABLES[path.lower()].key.name,
            )
            for path in paths
        }

    before = everything()
    changes = district.change(0.3, seed=9)
    after = everything()
    came = set(changes.added)
    assert came
    for path, rows in before.items():
        assert rows.keys() <= after[path].keys()
    renamed = {
        s.person_id: s.last for s in district.students if "last name" in changes.changed.get(s.number, ())
    }
    names = after["Demographics/Name"]
    assert {key: names[key]["LastName"] for key in renamed} == renamed
    left = {s.id for s in district.students if s.number in changes.transferred}
    ended = {r["StudentID"] for r in after["Enrollment/EntryWithdrawal"].values() if r["WithdrawalCodeID"]}
    assert left <= ended
