"""User Groups & Permissions: what a group is given, and the groups of an organization.

A group holds grants, the permissions as the page names them; a grant holds the capabilities that the verbs ask for. So a
capability added to a grant reaches every group that has it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q

from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.models import Group
from yellowbus.setup.permissions import FULL_ACCESS, LIMITED_ACCESS, Actor, Permission

NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Grant:
    """One line of the permissions page. `needs` says which others it depends on."""

    key: str
    label: str
    explains: str
    gives: frozenset[Permission]
    needs: str = ""


# enroll-sync 2. What belongs to parts of Enroll that Yellowbus does not have (lotteries, seats) is not offered.
GRANTS = (
    Grant(
        "sync.full",
        "Sync Service Full Access",
        "All of the sync service: connections and their credentials, mappings, imports, schedules, holds, logs.",
        frozenset(
            {
                Permission.MANAGE_CONNECTIONS,
                Permission.MANAGE_CREDENTIALS,
                Permission.MANAGE_MAPPINGS,
                Permission.RUN_IMPORTS,
                Permission.MANAGE_SCHEDULES,
                Permission.RELEASE_HOLDS,
                Permission.UNDO_RUNS,
                Permission.VIEW_LOG,
                Permission.VIEW_STUDENTS,
                Permission.VIEW_SCHOOLS,
            }
        ),
    ),
    Grant(
        "sync.limited",
        "Sync Service Limited Access",
        "Import by hand and read the log. No connections, no mappings, no schedules.",
        LIMITED_ACCESS,
    ),
    Grant(
        "students.view",
        "View Students",
        "See students with all their values, guardians and contacts.",
        frozenset({Permission.VIEW_STUDENTS}),
    ),
    Grant(
        "registrations.view",
        "View Registrations",
        "See what families have registered.",
        frozenset({Permission.VIEW_REGISTRATIONS}),
    ),
    Grant(
        "registrations.edit",
        "Edit Registrations",
        "Change and approve registrations.",
        frozenset({Permission.EDIT_REGISTRATIONS}),
        needs="View Registrations",
    ),
    Grant(
        "schools.view",
        "View Schools/Programs",
        "See the schools. Choosing a school's Sync Connection is part of Sync Service Full Access.",
        frozenset({Permission.VIEW_SCHOOLS}),
    ),
    Grant(
        "settings.edit",
        "Edit General Settings",
        "Turn sync imports on and off for a school year, and fill the Sandbox from Production.",
        frozenset({Permission.MANAGE_SETTINGS}),
    ),
    Grant(
        "users.edit",
        "Edit Administrators",
        "Invite people, choose their group, end their access. Nobody can give more than they have.",
        frozenset({Permission.MANAGE_USERS}),
    ),
    Grant(
        "audit.view",
        "View Audit Events",
        "Read who changed what, and when.",
        frozenset({Permission.VIEW_AUDIT}),
    ),
)
_BY_KEY = {grant.key: grant for grant in GRANTS}
FULL, LIMITED = "Full Access", "Limited Access"
BUILT_IN = {FULL: tuple(_BY_KEY), LIMITED: ("sync.limited",)}


def permissions_of(group: Group) -> frozenset[Permission]:
    """What members of the group may do."""
    if group.built_in and group.name == FULL:
        return FULL_ACCESS
    return frozenset().union(*(_BY_KEY[key].gives for key in grants_of(group) if key in _BY_KEY))


def grants_of(group: Group) -> tuple[str, ...]:
    return BUILT_IN[group.name] if group.built_in else tuple(group.grants)


def ensure(organization: int) -> None:
    """Make the built-in groups of an organization if they lack."""
    for name in BUILT_IN:
        Group.objects.get_or_create(organization_id=organization, name=name, defaults={"built_in": True})


def every(organization: int) -> Sequence[Group]:
    """The groups, the built-in ones first, each with its number of `members`."""
    ensure(organization)
    present = Count("memberships", filter=Q(memberships__left_at=None))
    return list(Group.objects.annotate(members=present).order_by("-built_in", "name"))


def find(key: int) -> Group:
    """A group of the organization at hand. Raises NeedsAdmin if there is none."""
    found = Group.objects.filter(pk=key).first()
    if found is None:
        raise NeedsAdmin("group-unknown")
    return found


@transaction.atomic
def save(actor: Actor, name: str, grants: Iterable[str], *, group: Group | None = None) -> Group:
    """Make a group, or change one. Nobody gives what they do not have; a built-in group stays as it is."""
    actor.require(Permission.MANAGE_USERS)
    chosen = [key for key in _BY_KEY if key in set(grants)]
    name = name.strip()[:NAME_LIMIT]
    kept = group or Group(organization_id=actor.organization_id)
    _refuse(actor, kept, name, chosen)
    kept.name, kept.grants = name, chosen
    kept.save()
    audit.note(actor, "group.save", name, grants=chosen)
    return kept


def _refuse(actor: Actor, group: Group, name: str, grants: Sequence[str]) -> None:
    if group.built_in:
        raise NeedsAdmin("group-built-in", name=group.name)
    if not name:
        raise NeedsAdmin("group-without-name")
    if Group.objects.filter(name=name).exclude(pk=group.pk).exists():
        raise NeedsAdmin("group-name-taken", name=name)
    given = frozenset().union(*(_BY_KEY[key].gives for key in grants))
    if group.pk:
        given |= permissions_of(group)
    require_within(actor, given)


def require_within(actor: Actor, given: frozenset[Permission]) -> None:
    """Raise NeedsAdmin if the actor lacks something of what is given to another."""
    if beyond := sorted(permission.value for permission in given - actor.permissions):
        raise NeedsAdmin("grant-beyond-own", permissions=", ".join(beyond))
