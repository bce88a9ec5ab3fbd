"""Writing one student: POST /ws/v1/student, one record at a time (powerschool dossier 9.1 to 9.3)."""

from collections.abc import Iterator, Mapping
from typing import Final

from yellowbus.connectors.powerschool import endpoints, receipts, targets, wire
from yellowbus.connectors.powerschool.errors import SYSTEM
from yellowbus.connectors.powerschool.server import Server
from yellowbus.connectors.powerschool.targets import EXTENSION
from yellowbus.connectors.writing import Enrollment, Receipt, StudentWrite
from yellowbus.errors import RecordError
from yellowbus.records import Value

_ENROLLMENT: Final = {
    "school_enrollment.school_number": "School number",
    "school_enrollment.entry_date": "Entry date",
    "school_enrollment.exit_date": "Exit date",
    "school_enrollment.enroll_status": "Enroll status",
}
Values = Mapping[str, Value]


def write(server: Server, change: StudentWrite) -> Receipt:
    """What PowerSchool would refuse or silently leave out is refused here, so that nothing of it is written."""
    _refuse_what_is_not_taken(change)
    values = _new(change) if change.creates else change.values
    _refuse_what_lacks(change, values)
    _refuse_half_groups(values)
    body = {"students": {"student": _student(change, values)}}
    # Without the parameter PowerSchool answers SUCCESS and writes no extension field (dossier 9.1).
    tables = ",".join(_tables(values))
    reply = server.send("POST", endpoints.WRITE_STUDENT, body, {"extensions": tables} if tables else None)
    return receipts.of_student(reply, change)


def _new(change: StudentWrite) -> Values:
    """There is nothing to clear yet, so what is blank is left out."""
    values = {**_enrolled(change.enrollment), **change.values}
    return {name: value for name, value in values.items() if value is not None}


def _enrolled(enrollment: Enrollment | None) -> Values:
    """A mapped entry or exit date comes after these and so counts before them."""
    if enrollment is None:
        return {}
    return {
        "school_enrollment.school_number": enrollment.school,
        "school_enrollment.entry_date": enrollment.entry_date.isoformat(),
        "school_enrollment.exit_date": enrollment.exit_date.isoformat(),
        "school_enrollment.enroll_status": endpoints.STATUS_LETTERS[enrollment.standing.value],
    }


def _refuse_what_is_not_taken(change: StudentWrite) -> None:
    """PowerSchool answers SUCCESS to a key it does not take and leaves it out (dossier 1.7, 1.8)."""
    refused = [name for name in change.values if not _taken(name, creates=change.creates)]
    if refused:
        raise _refusal("write-not-taken", refused, "NOT_TAKEN")


def _taken(name: str, *, creates: bool) -> bool:
    if name.startswith(EXTENSION):
        return name.count(".") == 2
    target = targets.students().get(name)
    return target is not None and (target.field.on_create if creates else target.field.on_update)


def _refuse_what_lacks(change: StudentWrite, values: Values) -> None:
    """Required to create, and never blank afterwards (dossier 9.2, 9.3)."""
    required = [name for name, target in targets.students().items() if target.field.required]
    if change.creates:
        lacking = [name for name in (*required, *_ENROLLMENT) if not values.get(name)]
    else:
        lacking = [name for name in required if name in values and not values[name]]
    if lacking:
        raise _refusal("write-required", lacking, "REQUIRED")


def _refuse_half_groups(values: Values) -> None:
    """An address has all four parts, an emergency contact and a doctor both or none (dossier 1.9, 9.3)."""
    for group, names in targets.groups().items():
        lacking = _lacking(names, values)
        if lacking:
            raise _refusal("write-group-incomplete", lacking, "REQUIRED", group=group)


def _lacking(names: tuple[str, ...], values: Values) -> list[str]:
    given = [name for name in names if name in values]
    whole = any(targets.students()[name].field.whole for name in given)
    if whole or any(values[name] for name in given):
        return [name for name in names if not values.get(name)]
    return [name for name in names if name not in values] if given else []


def _refusal(code: str, names: list[str], why: str, **facts: str) -> RecordError:
    labels = ", ".join(_ENROLLMENT.get(name) or targets.label_of(name) for name in names)
    refused = tuple((name, why) for name in names)
    return RecordError(code, refused=refused, system=SYSTEM, fields=labels, **facts)


def _student(change: StudentWrite, values: Values) -> wire.Json:
    """Values as text, which PowerSchool takes for every type (dossier 9.6); "" clears."""
    about: wire.Json = {"client_uid": change.token, "action": "INSERT" if change.creates else "UPDATE"}
    student = about if change.creates else {**about, "id": change.remote}
    for name, value in values.items():
        if not name.startswith(EXTENSION):
            _put(student, name, _races(value) if name == "ethnicity_race.races" else value or "")
    extensions = list(_extensions(values))
    if extensions:
        # One is an object, as XML in JSON's clothes has it (dossier 5.3).
        student["_extension_data"] = {
            "_table_extension": extensions if len(extensions) > 1 else extensions[0]
        }
    return student


def _put(student: wire.Json, name: str, value: object) -> None:
    *path, last = name.split(".")
    inner = student
    for key in path:
        inner = wire.block(inner.setdefault(key, {}))
    inner[last] = value


def _races(value: Value) -> list[dict[str, str]]:
    codes = [code.strip() for code in (value or "").split(",")]
    return [{"district_race_code": code} for code in codes if code]


def _tables(values: Values) -> list[str]:
    return sorted({name.split(".")[1] for name in values if name.startswith(EXTENSION)})


def _extensions(values: Values) -> Iterator[wire.Json]:
    for table in _tables(values):
        beginning = f"{EXTENSION}{table}."
        cells = [
            {"name": name.removeprefix(beginning), "value": value or ""}
            for name, value in values.items()
            if name.startswith(beginning)
        ]
        yield {"name": table, "_field": cells}
