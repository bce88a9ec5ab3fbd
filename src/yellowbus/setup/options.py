"""What an administrator sets on the Configure tab: who may be added, and when a change waits."""

import hashlib
import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.planning.admission import Admission
from yellowbus.planning.guard import Thresholds
from yellowbus.setup import audit
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor, Permission


@dataclass(frozen=True, slots=True)
class Options:
    """`examples` are up to five student ids, shown while mapping. `links_certain` lets a record that is a student of
    Enroll beyond doubt (`planning.likeness.certain`) be linked without a person; it is off until an administrator turns
    it on.
    """

    admission: Admission = field(default_factory=Admission)
    thresholds: Thresholds = field(default_factory=Thresholds)
    examples: tuple[str, ...] = ()
    links_certain: bool = False


MOST_EXAMPLES = 5


def read_options(connection: Connection) -> Options:
    stored: dict[str, Any] = connection.options
    return Options(
        admission=_admission(stored.get("admission", {})),
        thresholds=Thresholds(**stored.get("thresholds", {})),
        examples=tuple(stored.get("examples", ())),
        links_certain=bool(stored.get("links_certain", False)),
    )


def write_options(connection: Connection, options: Options) -> None:
    """Raises NeedsAdmin for more than five examples."""
    if len(options.examples) > MOST_EXAMPLES:
        raise NeedsAdmin("too-many-examples", count=len(options.examples), most=MOST_EXAMPLES)
    connection.options |= _as_document(options)
    connection.save(update_fields=["options"])


def _as_document(options: Options) -> dict[str, Any]:
    admission = options.admission
    return {
        "admission": {
            "statuses": sorted(admission.statuses),
            "school_age": admission.school_age,
            "grades": sorted(admission.grades),
        },
        "thresholds": asdict(options.thresholds),
        "examples": list(options.examples),
        "links_certain": options.links_certain,
    }


def mark_of(options: Options) -> str:
    """Equal for equal options: what a page remembers of those it showed."""
    told = json.dumps(_as_document(options), sort_keys=True)
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


@transaction.atomic
def set_options(actor: Actor, connection: Connection, options: Options, *, seen: str = "") -> None:
    """What an administrator saves on the Configure tab.

    `seen` is the mark of the options that the person started from: raises NeedsAdmin("options-changed-meanwhile") if
    others were saved since, and then nothing is saved.
    """
    actor.require(Permission.MANAGE_MAPPINGS)
    fresh = Connection.objects.select_for_update().get(pk=connection.pk)
    before = read_options(fresh)
    if seen and seen != mark_of(before):
        raise NeedsAdmin("options-changed-meanwhile")
    connection.options = fresh.options
    write_options(connection, options)
    changed = [
        each.name for each in fields(options) if getattr(options, each.name) != getattr(before, each.name)
    ]
    audit.note(actor, "options.set", connection.name, changed=changed)


def _admission(stored: dict[str, Any]) -> Admission:
    known = {name.name for name in fields(Admission)} & stored.keys()
    given = {name: stored[name] for name in known}
    for name in ("statuses", "grades"):
        if name in given:
            given[name] = frozenset(given[name])
    if given.get("school_age"):
        given["school_age"] = tuple(given["school_age"])
    return Admission(**given)
