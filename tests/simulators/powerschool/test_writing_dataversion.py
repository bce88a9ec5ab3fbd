"""Dossier 12.1: what was written is what changed since."""

from typing import Any

import pytest
from writing_client import WritingClient

CHANGES = "/ws/dataversion/yellowbus"


def since(client: WritingClient, version: str) -> tuple[str, Any]:
    reply = client.get(f"{CHANGES}/{version}")
    return reply["$dataversion"], reply["tables"]


def test_from_zero_on_everything_is_new(client: WritingClient) -> None:
    version, tables = since(client, "0")
    assert sorted(tables["students"]) == sorted(s.dcid for s in client.district.students)
    assert since(client, version) == (version, {})


def test_what_was_written_is_told_by_table_and_id(client: WritingClient) -> None:
    version, _ = since(client, "0")
    student = client.insert()
    client.update(client.district.students[0], name={"middle_name": "Wynn"})
    later, tables = since(client, version)
    assert (int(later) > int(version), tables) == (
        True,
        {"students": [client.district.students[0].dcid, student.dcid]},
    )
    saved = client.contact(
        contactStudents=[{"studentNumber": student.number, "originalContactType": "mother"}]
    )
    _, tables = since(client, later)
    assert tables == {
        "students": [student.dcid],
        "person": [saved["contactId"]],
        "studentcontactassoc": [saved["contactStudents"][0]["studentContactId"]],
    }


def test_an_update_that_changes_nothing_is_not_told(client: WritingClient) -> None:
    version, _ = since(client, "0")
    student = client.district.students[0]
    client.update(student, name={"first_name": student.first})
    assert since(client, version) == (version, {})


@pytest.mark.parametrize("path", ["/ws/dataversion/other/0", f"{CHANGES}/x"])
def test_an_application_without_a_subscription_is_400(client: WritingClient, path: str) -> None:
    assert client.ask(path).status_code == 400


def test_subscriptions_are_a_switch(client: WritingClient) -> None:
    body = {"subscriptions": {"other": ["Schools"]}}
    assert client.http.patch("/simulator/options", json=body).status_code == 200
    assert set(client.get("/ws/dataversion/other/0")["tables"]) == {"schools"}
