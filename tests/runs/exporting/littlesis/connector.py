"""The connector of the little SIS: only what an export asks of it."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from yellowbus.connectors.littlesis.sis import ADDRESS, FIELDS, OPEN, PERSON, TIE, LittleSis, _next

from yellowbus.connectors.writing import (
    ContactWrite,
    Held,
    HeldContact,
    Place,
    Receipt,
    Sought,
    Standing,
    StudentWrite,
    TargetField,
)
from yellowbus.errors import RecordError
from yellowbus.planning.match import normalise
from yellowbus.records import Problem, Value


def open(settings: Mapping[str, str], _door: Any) -> "Connector":  # noqa: A001 (the name that the registry asks for)
    file = settings["file"]
    return Connector(OPEN.get(file) or LittleSis(Path(file)))


class Connector:
    def __init__(self, sis: LittleSis) -> None:
        self.sis = sis

    def close(self) -> None:
        pass

    def codes(self) -> list[Any]:
        return []

    def targets(self) -> list[TargetField]:
        required = {"first_name", "last_name", "grade"}
        student = [
            TargetField(
                name,
                name.replace("_", " ").capitalize(),
                type="date" if name == "birth_date" else "text",
                required=name in required,
                on_update=name != "grade",
                together="Address" if name in ADDRESS else "",
                needs_right="Transport" if name == "bus" else "",
            )
            for name in FIELDS
        ]
        contact = [
            TargetField(name, name, contact=True, required=name == "Contacts.LastName")
            for name in (*PERSON, *TIE)
        ]
        return [*student, *contact]

    def places(self, school_year: int) -> list[Place]:
        return [
            Place(
                code, told["name"], ready=told["ready"], first_day=date.fromisoformat(told["first"]),
                last_day=date.fromisoformat(told["last"]), grades=frozenset(told["grades"]),
                code="" if told["ready"] else "powerschool-school-terms",
                facts={"school": told["name"], "year": school_year},
            )
            for code, told in self.sis.read()["places"].items()
        ]  # fmt: skip

    def look(self, sought: Sought) -> list[Held]:
        self._begin("look")
        self._end("look")
        everyone = [_held(remote, told) for remote, told in self.sis.students.items()]
        by_id = [
            each
            for each in everyone
            if each.remote == sought.remote or (sought.key and each.key == sought.key)
        ]
        if by_id:
            return by_id
        names = (normalise(sought.first_name), normalise(sought.last_name))
        return [
            each
            for each in everyone
            if (normalise(each.first_name), normalise(each.last_name)) == names
            or (each.birth_date and each.birth_date == sought.birth_date)
        ]

    def contacts(self, remote: str) -> list[HeldContact]:
        self._begin("contacts")
        self._end("contacts")
        return [
            _contact(each, told, remote) for each, told in self.sis.contacts.items() if remote in told["ties"]
        ]

    def contacts_like(self, values: Mapping[str, Value]) -> Iterator[HeldContact]:
        self._begin("contacts_like")
        for remote, told in self.sis.contacts.items():
            held = told["values"]
            same = all(
                normalise(held.get(name) or "") == normalise(values.get(name) or "") for name in PERSON[:2]
            )
            if same and any(held.get(name) and held.get(name) == values.get(name) for name in PERSON[2:]):
                yield _contact(remote, told, "")

    def write(self, change: StudentWrite) -> Receipt:
        self._begin("write")
        state = self.sis.read()
        if change.remote in state["locked"]:
            raise RecordError(
                "powerschool-refused", refused=(("first_name", "LOCKED"),), host="x", status=409
            )
        if any(bool(change.values.get(name)) for name in ADDRESS) and not all(
            change.values.get(n) for n in ADDRESS
        ):
            raise RecordError("powerschool-refused", refused=(("street", "REQUIRED"),), host="x", status=400)
        remote = change.remote or _next(state)
        if change.creates:
            assert change.enrollment is not None
            state["students"][remote] = {
                "key": f"9{int(remote):05}",
                "standing": change.enrollment.standing.value,
                "school": change.enrollment.school,
                "entry": change.enrollment.entry_date.isoformat(),
                "exit": change.enrollment.exit_date.isoformat(),
                "values": {},
            }
        elif change.enrollment is not None:
            state["students"][remote]["standing"] = change.enrollment.standing.value
        held = state["students"][remote]["values"]
        for name, value in change.values.items():
            if name not in state["drops"]:
                held[name] = value
        self.sis.save(state)
        self._end("write")
        return Receipt(remote, warnings=_warnings(state, change.values))  # its number is told to who looks

    def write_contact(self, change: ContactWrite) -> Receipt:
        self._begin("write_contact")
        state = self.sis.read()
        if change.values.get("Contacts.LastName") in state["refused"]:
            raise RecordError(
                "powerschool-refused", refused=(("Contacts.LastName", "BAD"),), host="x", status=400
            )
        assert change.student in state["students"]
        remote = change.contact or _next(state)
        told = state["contacts"].setdefault(remote, {"values": {}, "ties": {}})
        tie = told["ties"].setdefault(change.student, {})
        for name, value in change.values.items():
            (told["values"] if name in PERSON else tie)[name] = value
        self.sis.save(state)
        self._end("write_contact")
        return Receipt(remote, warnings=_warnings(state, change.values))

    def _begin(self, operation: str) -> None:
        self.sis.calls.append(operation)
        self.sis.strike(operation, after=False)

    def _end(self, operation: str) -> None:
        self.sis.strike(operation, after=True)


def _warnings(state: Mapping[str, Any], values: Mapping[str, Value]) -> tuple[Problem, ...]:
    return tuple(
        Problem("write-warned", name, {"system": "Little", "field": name, "warning": "ODD"}, warning=True)
        for name in values
        if name in state["warns"]
    )


def _held(remote: str, told: dict[str, Any]) -> Held:
    values = told["values"]
    born = values.get("birth_date")
    return Held(
        remote, told["key"], Standing(told["standing"]), told["school"], values,
        values.get("first_name", ""), values.get("last_name", ""), date.fromisoformat(born) if born else None,
    )  # fmt: skip


def _contact(remote: str, told: dict[str, Any], student: str) -> HeldContact:
    tie = told["ties"].get(student, {})
    link = f"{remote}-{student}" if student in told["ties"] else ""
    return HeldContact(remote, link, told["values"] | tie, len(told["ties"]))
