"""`yellowbus mapping`: documents in and out, checks, previews and the history of versions."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yellowbus.cli import seen_codes, suggestions, verbs
from yellowbus.cli.arguments import ConnectionName, Direction, DirectionName, Year, year_to_show
from yellowbus.cli.command import SET_UP, Session, Status, command, table
from yellowbus.errors import NeedsAdmin
from yellowbus.records import ABSENT

if TYPE_CHECKING:
    from yellowbus.mapping.compile import FieldTrace
    from yellowbus.runs.exporting.preview import Example as ExportExample
    from yellowbus.runs.importing.preview import Example
    from yellowbus.setup.models import Connection, MappingVersion

_VERSION = Annotated[int, typer.Option("--version", help="A version; without it, the newest.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True)
    command(group, "show", example="yellowbus mapping show PowerSchool --json > students.json")(show)
    command(group, "apply", example="yellowbus mapping apply PowerSchool students.json")(apply)
    command(group, "check", example="yellowbus mapping check PowerSchool")(check)
    command(group, "preview", example="yellowbus mapping preview PowerSchool 200003 200006")(preview)
    command(group, "history", example="yellowbus mapping history PowerSchool")(history)
    command(group, "diff", example="yellowbus mapping diff PowerSchool 2 3")(diff)
    command(group, "restore", example="yellowbus mapping restore PowerSchool 2")(restore)
    command(group, "copy", example='yellowbus mapping copy "PowerSchool Sandbox" PowerSchool')(copy)
    seen_codes.register(group)
    suggestions.register(group)
    app.add_typer(
        group,
        name="mapping",
        help="Configure Mapping: show, suggest, apply, check, preview, scan, codes, history, diff, restore, copy.",
        rich_help_panel=SET_UP,
    )


def _kept(connection: "Connection", kind: Direction, version: int) -> "MappingVersion":
    if version:
        return verbs.mappings.version(connection, kind.value, version)
    return verbs.mappings.current(connection, kind.value)


def _save(at: Session, connection: "Connection", document: dict[str, Any], note: str) -> None:
    kept = verbs.mappings.save(at.actor, connection, document, note=note)
    data = {"connection": connection.name, "kind": kept.kind, "version": kept.number}
    at.answer(data, f"The {kept.kind} mapping of {connection.name} is version {kept.number}.")


def show(
    at: Session, name: ConnectionName, *, kind: DirectionName = Direction.STUDENTS, version: _VERSION = 0
) -> None:
    """Show a mapping: each Enroll field with what fills it. With --json the whole document, as apply takes it."""
    kept = _kept(verbs.connections.find(name), kind, version)
    rules = [*kept.document["rules"], *_slot_rules(kept.document)]
    export = kind is Direction.EXPORT
    ends = ("To the SIS", "From Enroll") if export else ("To Enroll", "From the SIS")
    headings = (ends[0], "Mapping Type", ends[1], "Steps", "Overwrite", "Write rule")
    title = f"{kind.value.capitalize()} mapping of {name}, version {kept.number} by {kept.author}"
    at.answer(kept.document, title, table(headings, map(_rule_cells, rules)))


def _slot_rules(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for slot in document.get("contact_slots", ()):
        for rule in slot["rules"]:
            yield {**rule, "field": f"students_annual.{slot['slot']}_{rule['field']}"}


def _rule_cells(rule: dict[str, Any]) -> tuple[str, ...]:
    steps = " → ".join(step["use"] for step in rule["steps"])
    overwrite = "yes" if rule["overwrite"] else ""
    return rule["field"], rule["type"], rule["source"] or "", steps, overwrite, rule["write_rule"]


def apply(
    at: Session,
    name: ConnectionName,
    file: Annotated[Path | None, typer.Argument(help="A mapping document (JSON).")] = None,
    *,
    ready: Annotated[bool, typer.Option("--ready", help="Lay the ready mapping of the SIS instead.")] = False,
    kind: DirectionName = Direction.STUDENTS,
    note: Annotated[str, typer.Option(help="A word on why, for the history.")] = "",
) -> None:
    """Save a mapping document as the next version."""
    connection = verbs.connections.find(name)
    if (file is None) is not ready:
        raise typer.BadParameter("Name a file, or add --ready.")
    if file is None:
        _save(at, connection, verbs.ready.document(connection.system, kind.value), note or "ready mapping")
    else:
        _save(at, connection, _read(file), note)


def _read(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise NeedsAdmin("document-not-read", file=file, reason=error.strerror) from None
    except ValueError:
        raise NeedsAdmin("document-not-read", file=file, reason="it is not JSON in UTF-8") from None
    return document


def check(
    at: Session,
    name: ConnectionName,
    *,
    kind: DirectionName = Direction.STUDENTS,
    version: _VERSION = 0,
    offline: Annotated[
        bool, typer.Option("--offline", help="Do not ask the SIS whether it has the source fields.")
    ] = False,
) -> Status:
    """Say what a mapping lacks before any run: required fields, source fields, arguments, codes."""
    connection = verbs.connections.find(name)
    kept = _kept(connection, kind, version)
    mapping = verbs.mappings.mapping_of(kept)
    if kind is Direction.EXPORT:  # what the SIS takes is only known to the SIS
        findings = verbs.export_terms.findings(connection, mapping)
    else:
        sources = None if offline else _sources(connection, kind)
        catalog = verbs.students.catalog_of(kind.value, connection.instance_id)
        findings = verbs.check.check_mapping(mapping, catalog, sources)
    data = [
        {"code": each.code, "field": each.field, "sentence": each.sentence, "remedy": each.remedy}
        for each in findings
    ]
    told = [f"! {each.sentence} {each.remedy}".rstrip() for each in findings]
    at.answer(data, *(told or [f"Version {kept.number} is complete."]))
    return Status.FAILED if findings else Status.DONE


def _sources(connection: "Connection", kind: Direction) -> set[str]:
    with verbs.connections.opened(connection) as (connector, _):
        return {field.name for field in connector.fields(kind.value)}


def preview(
    at: Session,
    name: ConnectionName,
    students: Annotated[list[str] | None, typer.Argument(help="Up to five student ids of the SIS.")] = None,
    *,
    kind: DirectionName = Direction.STUDENTS,
    version: _VERSION = 0,
    year: Year = 0,
) -> Status:
    """Show what the mapping makes of up to five students; without ids, of the connection's Student Examples.

    With --kind export of registrations, by their ids or those of their students.
    """
    connection = verbs.connections.find(name)
    if kind is Direction.EXPORT:
        return _preview_export(at, connection, students or (), version=version, year=year)
    kept = _kept(connection, Direction.STUDENTS, version)
    shown_year = year_to_show(connection.instance_id, year)
    examples = list(verbs.preview.preview(at.actor, connection, kept, students or (), year=shown_year))
    at.answer(
        [_example_data(each) for each in examples], *(part for each in examples for part in _told(each))
    )
    return Status.DONE if all(each.found for each in examples) else Status.FAILED


def _preview_export(
    at: Session, connection: "Connection", keys: Sequence[str], *, version: int, year: int
) -> Status:
    kept = _kept(connection, Direction.EXPORT, version)
    shown_year = year_to_show(connection.instance_id, year)
    found = list(verbs.export_preview.preview(at.actor, connection, kept, keys, year=shown_year))
    data = [
        {"registration": each.key, "found": each.found, "name": each.name, "fields": _traced(each.fields)}
        for each in found
    ]
    at.answer(data, *(part for each in found for part in _told_export(each)))
    return Status.DONE if all(each.found for each in found) else Status.FAILED


def _told_export(example: "ExportExample") -> Iterator[object]:
    if not example.found:
        yield f"{example.key}: no registration has this id, and no student who has one."
        return
    yield f"Registration {example.key}, {example.name}"
    headings = ("To the SIS", "From Enroll", "Value", "Mapped Value", "Problem")
    yield table(headings, [_cells(trace) for trace in example.fields])


def _example_data(example: "Example") -> dict[str, Any]:
    return {"student": example.key, "found": example.found, "fields": _traced(example.fields)}


def _traced(traces: "Sequence[FieldTrace]") -> list[dict[str, Any]]:
    return [
        {
            "field": trace.field,
            "source": trace.source,
            "value": trace.start,
            "mapped": None if trace.result is ABSENT else trace.result,
            "left_alone": trace.result is ABSENT,
            "problems": _problems(trace),
        }
        for trace in traces
    ]


def _problems(trace: "FieldTrace") -> list[str]:
    return [verbs.told.told(problem.code, problem.facts).sentence for problem in trace.problems]


def _told(example: "Example") -> Iterator[object]:
    if not example.found:
        yield f"{example.key}: the SIS has no student with this id."
        return
    yield f"Student {example.key}"
    headings = ("To Enroll", "From the SIS", "Value", "Mapped Value", "Problem")
    yield table(headings, [_cells(trace) for trace in example.fields])


def _cells(trace: "FieldTrace") -> tuple[str, ...]:
    mapped = "" if trace.result is ABSENT else trace.result or "(blank)"
    return trace.field, trace.source or "", trace.start or "", mapped, " ".join(_problems(trace))


def history(at: Session, name: ConnectionName, *, kind: DirectionName = Direction.STUDENTS) -> None:
    """List the versions of a mapping, the newest first."""
    versions = verbs.mappings.history(verbs.connections.find(name), kind.value)
    data = [
        {"version": v.number, "author": v.author, "saved_at": v.created_at, "note": v.note} for v in versions
    ]
    rows = [(v.number, f"{v.created_at:%Y-%m-%d %H:%M} UTC", v.author, v.note) for v in versions]
    at.answer(data, table(("Version", "Saved", "By", "Note"), rows))


def diff(
    at: Session,
    name: ConnectionName,
    before: Annotated[int, typer.Argument(metavar="A", help="The earlier version.")],
    after: Annotated[int, typer.Argument(metavar="B", help="The later version.")],
    *,
    kind: DirectionName = Direction.STUDENTS,
) -> None:
    """Say what changed between two versions."""
    connection = verbs.connections.find(name)
    lines = verbs.document.diff_documents(
        _kept(connection, kind, before).document, _kept(connection, kind, after).document
    )
    at.answer(lines, *(lines or ["The two versions are the same."]))


def restore(
    at: Session,
    name: ConnectionName,
    version: Annotated[int, typer.Argument(metavar="VERSION", help="The version to go back to.")],
    *,
    kind: DirectionName = Direction.STUDENTS,
) -> None:
    """Save an earlier version again, as the next one."""
    connection = verbs.connections.find(name)
    kept = _kept(connection, kind, version)
    _save(at, connection, kept.document, f"restored from version {version}")


def copy(
    at: Session,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The connection whose mapping is copied.")],
    name: ConnectionName,
    *,
    kind: DirectionName = Direction.STUDENTS,
) -> None:
    """Copy the newest mapping of another connection."""
    kept = _kept(verbs.connections.find(source), kind, 0)
    _save(at, verbs.connections.find(name), kept.document, f"copied from {source}")
