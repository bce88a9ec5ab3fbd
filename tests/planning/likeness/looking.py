"""Short ways to write down invented children and to ask who they are."""

from yellowbus.planning.likeness import Child, child_of, look_up, weigh

HOME = {
    "address_street": "12 North Oak Street", "address_unit": "4B", "address_zip": "90001",
    "guardian1_fname": "Elena", "guardian1_lname": "Garcia", "guardian1_phone_mobile": "(213) 555-0101",
}  # fmt: skip
ELSEWHERE = {
    "address_street": "77 Elm Avenue", "address_zip": "90002",
    "guardian1_fname": "Ana", "guardian1_lname": "Garcia", "guardian1_phone_mobile": "213-555-0199",
}  # fmt: skip
ALONE = {}


def child(first, last="Garcia", born="2015-03-04", *, number=1, home=HOME, **more) -> Child:
    values = {"students.fname": first, "students.lname": last, "students.dob": born}
    values |= {f"students.{name}": value for name, value in more.items()}
    values |= {f"students_annual.{name}": value for name, value in home.items()}
    return child_of(values, number)


def reasons(ours: Child, theirs: Child) -> list[str]:
    """The names of the reasons, household and gender aside."""
    names = [reason.name for reason in weigh(ours, theirs).reasons]
    return [name for name in names if not name.startswith(("HOME", "GENDER"))]


def looked_up(incoming, known) -> list[tuple[int | None, list[int], list[int]]]:
    """Of each incoming child the link, the candidates in their order, and earlier records of the batch."""
    incoming = [Child(*_values(each, number)) for number, each in enumerate(incoming, start=101)]
    known = [Child(*_values(each, number)) for number, each in enumerate(known, start=1)]
    return [
        (found.link, [like.id for like in found.candidates], [like.id for like in found.again])
        for found in look_up(incoming, known)
    ]


def _values(each: Child, number: int):
    return (number, *(getattr(each, name) for name in Child.__slots__[1:]))
