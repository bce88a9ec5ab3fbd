"""Contacts as they are held, and found among those of other children (powerschool dossier 10.1, 10.2)."""

import httpx2
import pytest
from tests.connectors.powerschool.family import tie

from yellowbus.errors import NeedsAdmin, NotUnderstood


class TestLooking:
    def test_contacts_come_in_the_order_of_the_student(self, family):
        family.contacts[40] = family.contacts[50] | {
            "contactId": 40,
            "contactStudents": [tie(95, 7, sequence=3)],
        }
        family.contacts[30] = family.contacts[50] | {
            "contactId": 30,
            "contactStudents": [tie(97, 7, sequence=2)],
        }
        assert [contact.remote for contact in family.open().contacts("7")] == ["50", "30", "40"]

    def test_who_else_shares_a_contact_is_counted(self, family):
        (found,) = family.open().contacts("7")
        assert (found.remote, found.link, found.children) == ("50", "93", 2)
        assert "Moss" not in repr(found)

    def test_one_who_is_no_longer_active_is_shown_so_that_it_is_not_made_again(self, family):
        family.contacts[50]["active"] = False
        assert [contact.remote for contact in family.open().contacts("7")] == ["50"]

    def test_a_tie_that_was_deleted_is_none(self, family):
        family.contacts[50]["contactStudents"][1]["deleted"] = True
        assert family.open().contacts("7") == []

    @pytest.mark.parametrize("remote", ["9", "", "7/8"])
    def test_nobody_has_no_contacts(self, family, remote):
        assert family.open().contacts(remote) == []

    @pytest.mark.parametrize("body", [b"", b"[", b"7"])
    def test_an_answer_that_is_no_list_stops(self, family, body):
        family.answers["/ws/contacts/student/7"] = lambda _: httpx2.Response(200, content=body)
        with pytest.raises(NotUnderstood):
            family.open().contacts("7")


class TestAlike:
    @pytest.fixture
    def people(self, family):
        family.tables["person"] = [
            {"id": "50", "firstname": "Ada", "lastname": "Moss"},
            {"id": "51", "firstname": "ADA", "lastname": "MOSS"},
            {"id": "52", "firstname": "Ada", "lastname": "Mossbridge"},
        ]
        family.contacts[51] = family.contacts[50] | {"contactId": 51, "firstName": "ADA", "lastName": "MOSS"}
        return family

    def like(self, people, **reach):
        names = {"Contacts.FirstName": "Ada", "Contacts.LastName": "Moss"}
        values = names | {f"Contacts.{name}": value for name, value in reach.items()}
        return [int(contact.remote) for contact in people.open().contacts_like(values)]

    @pytest.mark.parametrize(
        "reach",
        [
            {"Emails1": "A@example.org "},
            {"Emails3": "b@example.org"},
            {"PhonesHome": "+1 (480) 555-0102"},
            {"Phones2": "4805550101"},
        ],
    )
    def test_those_of_the_same_name_and_an_address_or_phone_are_shown(self, people, reach):
        assert self.like(people, **reach) == [50, 51]

    @pytest.mark.parametrize("reach", [{}, {"Emails1": "z@example.org"}, {"PhonesHome": "555-0102-7"}])
    def test_a_name_alone_is_nobody(self, people, reach):
        assert self.like(people, **reach) == []

    def test_another_name_with_the_same_phone_is_nobody(self, people):
        values = {
            "Contacts.FirstName": "Ida",
            "Contacts.LastName": "Moss",
            "Contacts.Phones1": "480-555-0102",
        }
        assert list(people.open().contacts_like(values)) == []

    def test_of_a_name_that_is_asked_for_in_part_only_the_whole_counts(self, people):
        people.tables["person"] = [
            {"id": "50", "firstname": "Ada", "lastname": "O'Hara"},
            {"id": "51", "firstname": "Ada", "lastname": "O'Brien"},
        ]
        values = {
            "Contacts.FirstName": "Ada",
            "Contacts.LastName": "O'Hara",
            "Contacts.Emails1": "a@example.org",
        }
        assert [found.remote for found in people.open().contacts_like(values)] == ["50"]

    def test_they_are_tied_to_nobody_in_particular(self, people):
        values = {
            "Contacts.FirstName": "Ada",
            "Contacts.LastName": "Moss",
            "Contacts.Emails1": "a@example.org",
        }
        found = next(iter(people.open().contacts_like(values)))
        assert (found.link, found.children, found.values["Contacts.Relationship"]) == ("", 2, None)

    def test_one_who_is_no_longer_active_is_left_alone(self, people):
        people.contacts[50]["active"] = False
        assert self.like(people, Emails1="a@example.org") == [51]

    def test_without_an_address_or_a_phone_nobody_is_asked(self, people):
        self.like(people)
        assert people.asked == []

    def test_a_missing_right_is_named(self, people):
        errors = [{"code": "NoAccess", "field": "LastName", "resource": "Person"}]
        people.answers["/ws/schema/table/person"] = lambda _: people.reply({"errors": errors}, 403)
        with pytest.raises(NeedsAdmin):
            self.like(people, Emails1="a@example.org")
