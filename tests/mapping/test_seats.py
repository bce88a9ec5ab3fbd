from hypothesis import given
from hypothesis import strategies as st

from yellowbus.mapping.contacts import misfits, seat
from yellowbus.mapping.model import ContactSlot
from yellowbus.mapping.seats import Seat, Standing, Why, explain

MOTHER = {"id": "1", "custody": "true", "rel": "Mother", "order": "2"}
FATHER = {"id": "2", "custody": "1", "rel": "Father", "order": "1"}
AUNT = {"id": "3", "custody": "false", "rel": "Aunt", "order": "3"}


def slots(*numbers: int, **more: object) -> list[ContactSlot]:
    given_ = {"flags": ("custody",), "sort": ("order",), "id_field": "id", **more}
    return [ContactSlot(f"guardian{number}", **given_) for number in numbers]  # type: ignore[arg-type]


def test_the_first_in_order_takes_the_first_slot_and_who_does_not_fit_stands() -> None:
    assert explain(slots(1, 2), [MOTHER, FATHER, AUNT], {}) == (
        [Seat("guardian1", 1, Why.FIRST, 2), Seat("guardian2", 0, Why.FIRST, 2)],
        [Standing(2, ("custody",))],
    )


def test_who_fits_and_came_too_late_lacks_nothing() -> None:
    assert explain(slots(1), [MOTHER, FATHER], {})[1] == [Standing(0, ())]


def test_a_contact_that_enroll_has_in_the_slot_stays() -> None:
    assert explain(slots(1, 2), [MOTHER, FATHER], {"guardian1": "1"})[0] == [
        Seat("guardian1", 0, Why.KEPT, 2),
        Seat("guardian2", 1, Why.FIRST, 2),
    ]


def test_a_slot_that_nobody_takes_says_why() -> None:
    assert explain(slots(1, 2), [MOTHER, AUNT], {})[0] == [
        Seat("guardian1", 0, Why.ONLY, 1),
        Seat("guardian2", None, Why.OTHERS, 1),
    ]
    assert explain(slots(1), [AUNT], {})[0] == [Seat("guardian1", None, Why.NOBODY, 0)]


def test_a_relationship_that_is_none_of_the_set_is_what_lacks() -> None:
    (slot,) = slots(1, flags=(), relationships=("mother ", "FATHER"), relationship_field="rel")

    assert (misfits(slot, MOTHER), misfits(slot, AUNT)) == ((), ("rel",))


def test_a_contact_is_known_by_its_place_although_another_is_equal() -> None:
    twin = dict(MOTHER)

    assert [each.place for each in explain(slots(1, 2), [MOTHER, twin], {})[0]] == [0, 1]


_CONTACT = st.fixed_dictionaries(
    {
        "id": st.sampled_from("123"),
        "custody": st.sampled_from(["true", "no", None]),
        "rel": st.sampled_from(["M", "F"]),
    }
)


@given(
    st.lists(_CONTACT, max_size=5),
    st.sampled_from([(), ("m",)]),
    st.dictionaries(st.just("guardian1"), st.just("2")),
)
def test_who_is_said_to_take_a_slot_is_who_takes_it_in_an_import(
    contacts: list[dict[str, str | None]], relationships: tuple[str, ...], kept: dict[str, str]
) -> None:
    chosen = slots(1, 2, relationships=relationships, relationship_field="rel")
    seats, standing = explain(chosen, contacts, kept)
    taken = {each.slot: contacts[each.place] for each in seats if each.place is not None}

    assert taken == seat(chosen, contacts, kept).taken
    assert len(taken) + len(standing) == len(contacts)
