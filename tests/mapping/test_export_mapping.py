"""A mapping the other way: from fields of Enroll to those of a SIS."""

import json
from importlib import resources
from typing import Any

import pytest

from yellowbus.connectors.powerschool import targets as powerschool
from yellowbus.connectors.writing import TargetField
from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.check import check_mapping
from yellowbus.mapping.document import from_document, to_document


def document(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"format": 1, "kind": "export", "rules": list(rules)}


def test_its_sources_get_their_canonical_names_and_its_targets_stay() -> None:
    rule = {"field": "1 - Contacts.FirstName", "type": "direct", "source": "Student_Annual.guardian1_fname"}
    (kept,) = from_document(document(rule)).rules
    assert (kept.field, kept.source) == ("1 - Contacts.FirstName", "students_annual.guardian1_fname")


def test_it_is_the_same_after_a_way_through_json() -> None:
    mapping = from_document(document({"field": "bus", "type": "direct", "source": "registrations.grade"}))
    assert from_document(json.loads(json.dumps(to_document(mapping)))) == mapping


def test_another_kind_is_refused() -> None:
    with pytest.raises(NeedsAdmin, match="students, schools or export"):
        from_document(document() | {"kind": "exports"})


def catalog(*fields: TargetField) -> Any:
    from yellowbus.runs.exporting.targets import Targets

    return Targets.of(fields)


def test_contact_fields_stand_in_numbered_places_and_none_is_required_of_the_record() -> None:
    targets = catalog(
        TargetField("bus", "Bus", required=True),
        TargetField("C.LastName", "Last", contact=True, required=True),
    )
    fields = targets.catalog.fields
    assert [name for name in fields if name.endswith("LastName")] == [
        f"{slot} - C.LastName" for slot in range(1, 9)
    ]
    assert (targets.catalog.required, targets.required_of_contact) == (("bus",), ("C.LastName",))
    assert fields["2 - C.LastName"].label == "2 - Last"


def test_names_emails_and_phones_are_known_by_what_a_sis_calls_them() -> None:
    targets = catalog(*(each.field for each in powerschool.contacts().values()))
    roles = targets.roles
    assert (roles.first, roles.last) == ("Contacts.FirstName", "Contacts.LastName")
    assert roles.emails == ("Contacts.Emails1", "Contacts.Emails2", "Contacts.Emails3")
    assert roles.phones == (
        "Contacts.PhonesHome", "Contacts.PhonesMobile", "Contacts.PhonesWork", "Contacts.Phones1", "Contacts.Phones2",
        "Contacts.Phones3",
    )  # fmt: skip


def test_the_ready_mapping_of_powerschool_is_complete() -> None:
    from yellowbus.catalog import catalog as enroll
    from yellowbus.enroll.registrations import SOURCES

    text = (
        resources.files("yellowbus.connectors.powerschool").joinpath("ready/export.json").read_text("utf-8")
    )
    targets = catalog(
        *(each.field for each in (*powerschool.students().values(), *powerschool.contacts().values()))
    )
    sources = {*enroll("students").fields, *SOURCES}
    assert check_mapping(from_document(json.loads(text)), targets.catalog, sources) == []
