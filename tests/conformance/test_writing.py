"""What every connector that writes must do, against the system it writes to (conftest.py and writing_side.py say how)."""

import inspect
import sys
from dataclasses import replace

import pytest
from declarations import sentence, writing_declared

from yellowbus.connectors.registry import SYSTEMS, manifest
from yellowbus.connectors.writing import ContactWrite, Held, Receipt, Sought, Standing
from yellowbus.errors import OutcomeUnknown, RecordError, TryLater, YellowbusError
from yellowbus.messages import MESSAGES


def refusal(action) -> YellowbusError:
    with pytest.raises(YellowbusError) as caught:
        action()
    return caught.value


def one(connector, sought: Sought) -> Held:
    (found,) = connector.look(sought)
    return found


def made(writing, connector) -> Held:
    """The child of the side, written and looked up by what the receipt says."""
    receipt = connector.write(writing.created("token-1"))
    return one(connector, Sought(remote=receipt.remote))


def test_a_created_student_is_found_by_its_receipt_and_by_its_name(writing):
    connector = writing.connector()
    receipt = connector.write(writing.created("token-1"))
    held = one(connector, Sought(remote=receipt.remote))
    assert receipt.key in {"", held.key}
    assert held.key != ""
    assert held.remote in [found.remote for found in connector.look(writing.child())]
    assert one(connector, Sought(key=held.key)) == held


def test_a_created_student_holds_what_was_written(writing):
    connector, written = writing.connector(), writing.created("token-1")
    held = made(writing, connector)
    assert {name: held.values[name] for name in written.values} == dict(written.values)
    assert (held.school, held.standing) == (written.enrollment.school, written.enrollment.standing)
    sought = writing.child()
    assert (held.first_name, held.last_name, held.birth_date) == (
        sought.first_name,
        sought.last_name,
        sought.birth_date,
    )


def test_one_student_is_one_write(writing):
    connector, before = writing.connector(), writing.students()
    connector.write(writing.created("token-1"))
    assert (writing.writes(), writing.students(), writing.made()) == (1, before + 1, [1])


def test_an_update_changes_one_field_and_makes_nobody(writing):
    connector, before = writing.connector(), writing.students()
    held = one(connector, writing.known())
    written = writing.changed("token-1", held)
    receipt = connector.write(written)
    after = one(connector, writing.known())
    assert receipt == Receipt(held.remote)
    assert after.values == {**held.values, **written.values}
    assert (after.values != held.values, writing.students()) == (True, before)


@pytest.mark.parametrize("fault", ["lost-after", "silent-after", "error-after"])
def test_after_a_lost_answer_the_outcome_is_unknown_and_the_child_is_there_once(writing, fault):
    writing.strike(fault)
    connector = writing.connector()
    error = refusal(lambda: connector.write(writing.created("token-1")))
    assert (type(error), writing.writes(), writing.made()) == (OutcomeUnknown, 1, [1])
    assert len(connector.look(writing.child())) == 1


@pytest.mark.parametrize("fault", ["lost-before", "error-before"])
def test_after_a_server_error_the_outcome_is_unknown_and_nothing_is_repeated(writing, fault):
    writing.strike(fault)
    connector = writing.connector()
    error = refusal(lambda: connector.write(writing.created("token-1")))
    assert (type(error), writing.writes(), writing.made()) == (OutcomeUnknown, 1, [])
    assert connector.look(writing.child()) == []


def test_a_refused_record_names_its_fields_and_the_next_one_goes(writing):
    writing.strike("refused")
    connector, before = writing.connector(), writing.students()
    error = refusal(lambda: connector.write(writing.created("token-1")))
    assert (type(error), writing.students()) == (RecordError, before)
    assert [all(pair) for pair in error.refused] == [True] * len(error.refused) != []
    connector.write(writing.created("token-2"))
    assert writing.students() == before + 1


def test_what_the_system_could_not_take_is_refused_before_it_is_sent(writing):
    error = refusal(lambda: writing.connector().write(writing.incomplete("token-1")))
    assert (type(error), writing.writes()) == (RecordError, 0)
    assert [all(pair) for pair in error.refused] == [True] * len(error.refused) != []


def test_a_locked_record_is_its_own_outcome(writing):
    connector = writing.connector()
    held = one(connector, writing.known())
    writing.strike("locked")
    error = refusal(lambda: connector.write(writing.changed("token-1", held)))
    assert (isinstance(error, RecordError | TryLater), isinstance(error, OutcomeUnknown)) == (True, False)
    assert (error.code, writing.writes()) == ("record-locked", 1)
    assert one(connector, writing.known()) == held


def test_a_field_that_was_dropped_is_seen_by_looking_again(writing):
    connector = writing.connector()
    held = one(connector, writing.known())
    writing.strike("dropped")
    receipt = connector.write(writing.changed("token-1", held))
    assert receipt.remote == held.remote
    assert one(connector, writing.known()) == held


def test_a_student_who_has_left_is_found(writing):
    sought = writing.gone()
    found = [held for held in writing.connector().look(sought) if held.first_name == sought.first_name]
    assert [held.last_name for held in found] == [sought.last_name] * len(found) != []
    assert {held.standing for held in found} <= set(Standing) - {Standing.ACTIVE, Standing.PRE_REGISTERED}


def test_an_id_that_is_known_answers_alone(writing):
    connector = writing.connector()
    known, other = writing.known(), writing.gone()
    mixed = replace(other, remote=known.remote, key=known.key)
    assert [held.remote for held in connector.look(mixed)] == [known.remote]


def test_an_id_that_nobody_has_leaves_it_to_the_name(writing):
    connector = writing.connector()
    sought = writing.gone()
    assert connector.look(replace(sought, remote="99999999", key="99999999")) == connector.look(sought)


def test_two_children_of_one_name_are_both_shown(writing):
    connector = writing.connector()
    connector.write(writing.created("token-1"))
    connector.write(writing.created("token-2"))
    assert (len(connector.look(writing.child())), writing.made()) == (2, [2])


def test_looking_writes_nothing(writing):
    connector = writing.connector()
    held = one(connector, writing.known())
    connector.look(writing.child())
    connector.contacts(held.remote)
    connector.targets()
    connector.places(writing.year)
    assert writing.writes() == 0


def test_a_contact_is_read_back_as_it_was_written(writing):
    connector = writing.connector()
    child = made(writing, connector)
    written = writing.contact("token-2", child)
    receipt = connector.write_contact(written)
    (held,) = connector.contacts(child.remote)
    assert {name: held.values[name] for name in written.values} == dict(written.values)
    assert (held.remote, held.children, held.link != "") == (receipt.remote, 1, True)


def test_a_contact_that_is_the_same_again_stays_one(writing):
    connector = writing.connector()
    child = made(writing, connector)
    connector.write_contact(writing.contact("token-2", child))
    (held,) = connector.contacts(child.remote)
    again = replace(writing.contact("token-3", child), contact=held.remote, link=held.link)
    before = (writing.writes(), writing.people())
    connector.write_contact(again)
    assert connector.contacts(child.remote) == [held]
    assert (writing.writes(), writing.people()) == before


def test_a_contact_of_a_sibling_is_tied_and_stays_one(writing):
    connector = writing.connector()
    child, sibling = made(writing, connector), one(connector, writing.known())
    written = writing.contact("token-2", child)
    receipt = connector.write_contact(written)
    before = [held.remote for held in connector.contacts(sibling.remote)]
    connector.write_contact(
        ContactWrite("token-3", sibling.remote, sibling.key, 1, written.values, contact=receipt.remote)
    )
    tied = [held for held in connector.contacts(sibling.remote) if held.remote not in before]
    assert [(held.remote, held.children) for held in tied] == [(receipt.remote, 2)]


def test_a_contact_that_was_made_without_its_student_is_found_and_tied(writing):
    connector = writing.connector()
    child = made(writing, connector)
    written = writing.contact("token-2", child)
    writing.strike("half-contact")
    error = refusal(lambda: connector.write_contact(written))
    assert (type(error), connector.contacts(child.remote)) == (RecordError, [])
    (alone,) = connector.contacts_like(written.values)
    before = writing.people()
    connector.write_contact(replace(written, token="token-3", contact=alone.remote))
    (held,) = connector.contacts(child.remote)
    assert (held.remote, held.children, alone.children, writing.people()) == (alone.remote, 1, 0, before)
    assert {name: held.values[name] for name in written.values} == dict(written.values)


def test_a_contact_of_another_child_is_found_by_name_and_address(writing):
    connector = writing.connector()
    written = writing.contact("token-2", made(writing, connector))
    receipt = connector.write_contact(written)
    assert [held.remote for held in connector.contacts_like(written.values)] == [receipt.remote]


def test_a_refused_contact_names_its_fields_and_leaves_the_student(writing):
    connector = writing.connector()
    child = made(writing, connector)
    writing.strike("contact")
    error = refusal(lambda: connector.write_contact(writing.contact("token-2", child)))
    assert type(error) is RecordError
    assert [all(pair) for pair in error.refused] == [True] * len(error.refused) != []
    assert (one(connector, Sought(remote=child.remote)), connector.contacts(child.remote)) == (child, [])


def test_a_place_that_is_not_ready_says_why(writing):
    places = {place.school: place for place in writing.connector().places(writing.year)}
    ready, unready = places[writing.ready], places[writing.unready]
    assert (ready.ready, ready.first_day < ready.last_day, ready.code) == (True, True, "")
    assert unready.ready is False
    said = [text.format(**unready.facts) for text in MESSAGES[unready.code]]
    assert [bool(text) for text in said] == [True, True]


def test_targets_are_named_once_and_name_only_codes_that_are_read_too(writing):
    connector = writing.connector()
    targets = connector.targets()
    names = [target.name for target in targets]
    assert sorted(set(names)) == sorted(names)
    assert {target.codes for target in targets} <= {field.codes for field in connector.fields("students")}
    assert {target.contact for target in targets} == {True, False}


def test_what_is_held_is_named_as_the_targets_are(writing):
    connector = writing.connector()
    own, contact = (
        {target.name for target in connector.targets() if target.contact is of} for of in (False, True)
    )
    child = made(writing, connector)
    connector.write_contact(writing.contact("token-2", child))
    assert set(child.values) <= own
    assert {name for held in connector.contacts(child.remote) for name in held.values} <= contact


def test_an_error_of_a_write_says_neither_secret_nor_student(writing):
    connector = writing.connector()
    held = one(connector, writing.known())
    for fault in ("lost-after", "error-before", "refused", "locked", "contact"):
        writing.strike(fault)
        action = connector.write_contact if fault == "contact" else connector.write
        change = writing.contact if fault == "contact" else writing.changed
        error = refusal(lambda act=action, make=change: act(make("token-1", held)))
        said = f"{error!s} {error!r} {error.detail} {error.facts} {getattr(error, 'refused', '')}"
        assert [word for word in (*writing.secrets, *writing.personal) if word in said] == []


def test_a_value_that_is_written_shows_in_no_log_of_it(writing):
    connector = writing.connector()
    child = made(writing, connector)
    shown = f"{writing.created('t')!r} {child!r} {writing.contact('t', child)!r} {writing.child()!r}"
    assert [word for word in writing.personal if word in shown] == []


CHECKS = [
    sentence(name)
    for name, function in inspect.getmembers(sys.modules[__name__], inspect.isfunction)
    if name.startswith("test_") and "writing" in inspect.signature(function).parameters
]


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_connector_that_writes_declares_every_check_and_no_other_does(system):
    told = writing_declared(system)
    if "write" in manifest(system).capabilities:
        assert isinstance(told, dict)
        assert sorted(told) == sorted(CHECKS)
        exempt = [said for said in told.values() if said != "done"]
    else:
        exempt = [told]
    assert [said for said in exempt if not said.startswith("exempt: ") or len(said) < 25] == []
