"""A mapping that a person is working on: kept on the server until it is saved as a version, or discarded.

Each person has one draft of a connection's mapping at most. It remembers the version it started from, so that two
administrators cannot overwrite each other: who saves second is told, and then lays the own changes on the newer
version, or lets go of them.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from yellowbus.errors import NeedsAdmin
from yellowbus.mapping.document import FORMAT, from_document, to_document
from yellowbus.mapping.model import FieldRule, Mapping
from yellowbus.mapping.targets import part_of
from yellowbus.records import WriteRule
from yellowbus.setup import audit, mappings
from yellowbus.setup.models import Connection, MappingDraft, MappingVersion
from yellowbus.setup.permissions import Actor, Permission


def look(actor: Actor, connection: Connection, kind: str) -> MappingDraft:
    """The person's draft. Without one, a row that is not stored (no `pk`) and equals the newest version."""
    actor.require(Permission.MANAGE_MAPPINGS)
    kept = _rows(actor, connection, kind).first()
    return kept or _fresh(actor, connection, kind)


def change(
    actor: Actor, connection: Connection, kind: str, edit: Callable[[Mapping], Mapping]
) -> MappingDraft:
    """Work on the draft, which begins here if there is none. One that equals its version again is no draft any more."""
    actor.require(Permission.MANAGE_MAPPINGS)
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        draft = look(actor, connection, kind)
        mapping = edit(draft.mapping)
        draft.document = to_document(mapping)
        if draft.document == base_document(draft):
            _rows(actor, connection, kind).delete()
            return _fresh(actor, connection, kind)
        draft.changed_at = Now()
        draft.save()
    draft.refresh_from_db(fields=["started_at", "changed_at"])
    draft.mapping = mapping  # so that it is not read once more
    return draft


def change_rule(actor: Actor, connection: Connection, kind: str, rule: FieldRule) -> MappingDraft:
    """Put one rule in place of that of its field. One that says nothing is taken out."""
    return change(actor, connection, kind, lambda mapping: with_rule(mapping, rule))


def with_rule(mapping: Mapping, rule: FieldRule) -> Mapping:
    """The mapping with this rule for its field, at the place where the field had one, else at the end."""
    kept = [] if says_nothing(rule) else [rule]
    place = next((n for n, each in enumerate(mapping.rules) if each.field == rule.field), len(mapping.rules))
    before = mapping.rules[:place]
    after = tuple(each for each in mapping.rules[place:] if each.field != rule.field)
    return replace(mapping, rules=(*before, *kept, *after))


def says_nothing(rule: FieldRule) -> bool:
    """Whether the rule is that of a field nobody touched; the write rule alone maps nothing."""
    return replace(rule, write_rule=WriteRule.ALWAYS) == FieldRule(rule.field)


def discard(actor: Actor, connection: Connection, kind: str) -> None:
    """Let go of what is not saved."""
    actor.require(Permission.MANAGE_MAPPINGS)
    if _rows(actor, connection, kind).delete()[0]:
        audit.note(actor, "mapping.discard", f"{connection} {kind}")


@transaction.atomic
def save(actor: Actor, connection: Connection, kind: str, *, note: str = "") -> MappingVersion:
    """Keep the draft as the next version. Raises NeedsAdmin("mapping-changed-meanwhile") if another came since."""
    draft = look(actor, connection, kind)
    kept = mappings.save(actor, connection, draft.document, note=note, seen=draft.base)
    _rows(actor, connection, kind).delete()
    return kept


@transaction.atomic
def amend(
    actor: Actor,
    connection: Connection,
    kind: str,
    edit: Callable[[Mapping], Mapping],
    *,
    fields: AbstractSet[str],
    note: str,
) -> MappingVersion:
    """Keep the newest version with a small edit of these fields as the next one, beside what anybody has not saved yet.

    A draft that changed one of the fields gets the edit too, so that laying it on the new version does not lose it; the
    actor's own draft is laid on at once.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    Connection.objects.select_for_update().get(pk=connection.pk)
    newest = mappings.current(connection, kind)
    kept = mappings.save(
        actor, connection, to_document(edit(mappings.mapping_of(newest))), note=note, seen=newest.number
    )
    drafts = MappingDraft.objects.filter(connection=connection, kind=kind).select_related("connection")
    for draft in drafts:
        if not changed(draft).isdisjoint(part_of(draft.mapping, field) for field in fields):
            draft.document = _edited(draft, edit)
            draft.save(update_fields=["document"])
    if any(draft.author == actor.name for draft in drafts):
        keep_mine(actor, connection, kind)
    return kept


def _edited(draft: MappingDraft, edit: Callable[[Mapping], Mapping]) -> dict[str, Any]:
    """The draft with the edit; as it is where the field of the edit is gone from it."""
    try:
        return to_document(edit(draft.mapping))
    except NeedsAdmin:
        return draft.document  # type: ignore[no-any-return]


def keep_mine(actor: Actor, connection: Connection, kind: str) -> MappingDraft:
    """Lay the own changes on the newest version. Where both changed the same field, the own one stands."""
    actor.require(Permission.MANAGE_MAPPINGS)
    with transaction.atomic():
        Connection.objects.select_for_update().get(pk=connection.pk)
        draft = look(actor, connection, kind)
        newest = _fresh(actor, connection, kind)
        draft.document = _laid(draft, base_document(draft), on=newest.document)
        draft.base, draft.base_document = newest.base, newest.document
        if draft.document == newest.document:
            _rows(actor, connection, kind).delete()
            return newest
        draft.changed_at = Now()
        draft.save()
        audit.note(actor, "mapping.keep-mine", f"{connection} {kind}", base=draft.base)
    draft.refresh_from_db()
    return draft


def changed(draft: MappingDraft) -> frozenset[str]:
    """The Enroll fields and contact slots of which the draft says something other than the version it started from."""
    return differing(base_document(draft), draft.document)


def differing(before: dict[str, Any], after: dict[str, Any]) -> frozenset[str]:
    """The Enroll fields and contact slots on which two documents differ."""
    one, other = _parts(before), _parts(after)
    return frozenset(name for name in {**one, **other} if one.get(name) != other.get(name))


def base_document(draft: MappingDraft) -> dict[str, Any]:
    """The document of the version that the draft started from."""
    if draft.base_document is None:
        draft.base_document = _saved(draft) if draft.base else empty(draft.kind)
    return draft.base_document


def _saved(draft: MappingDraft) -> dict[str, Any]:
    return mappings.version(draft.connection, draft.kind, draft.base).document  # type: ignore[no-any-return]


def empty(kind: str) -> dict[str, Any]:
    """A mapping that maps nothing."""
    return {"format": FORMAT, "kind": kind, "rules": [], "contact_slots": []}


def _rows(actor: Actor, connection: Connection, kind: str) -> Any:
    rows = MappingDraft.objects.filter(connection=connection, kind=kind, author=actor.name)
    return rows.select_related("connection")


def _fresh(actor: Actor, connection: Connection, kind: str) -> MappingDraft:
    newest = mappings.newest(connection, kind)
    return MappingDraft(
        connection=connection,
        kind=kind,
        author=actor.name,
        base=newest.number if newest else 0,
        document=newest.document if newest else empty(kind),
    )


def _laid(draft: MappingDraft, base: dict[str, Any], *, on: dict[str, Any]) -> dict[str, Any]:
    """The newer document with what the draft changed since its base."""
    own = differing(base, draft.document)
    return to_document(
        from_document(
            {**on, **{part: _merged(part, name, own, draft.document, on) for part, name in _NAMES.items()}}
        )
    )


_NAMES = {"rules": "field", "contact_slots": "slot"}


def _merged(
    part: str, name: str, own: frozenset[str], mine: dict[str, Any], theirs: dict[str, Any]
) -> list[Any]:
    """Theirs in their order, mine in the place of what I changed, and what only I have at the end."""
    mines = {each[name]: each for each in mine.get(part, ())}
    out = []
    for each in theirs.get(part, ()):
        if each[name] not in own:
            out.append(each)
        elif each[name] in mines:
            out.append(mines.pop(each[name]))
    there = {each[name] for each in out}
    return [*out, *(each for key, each in mines.items() if key in own and key not in there)]


def _parts(document: dict[str, Any]) -> dict[str, Any]:
    return {each[name]: each for part, name in _NAMES.items() for each in document.get(part, ())}
