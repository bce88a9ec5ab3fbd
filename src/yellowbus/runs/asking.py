"""Who has which notices mailed: each person's own choice, else a default by what they may do."""

from collections.abc import Collection, Iterator

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.runs.models import Asking
from yellowbus.runs.notice_models import NoticeKind
from yellowbus.setup import audit
from yellowbus.setup.models import Membership
from yellowbus.setup.people import actor_of
from yellowbus.setup.permissions import Actor, Permission

BY_DEFAULT = frozenset({NoticeKind.FAILED, NoticeKind.HELD, NoticeKind.PAUSED, NoticeKind.RECOVERED})


def asks_for(member: Membership) -> frozenset[str]:
    """Which kinds the member has mailed: those chosen, else the grave ones for who manages connections."""
    chosen = Asking.objects.filter(member=member).first()
    return _of(member, None if chosen is None else chosen.kinds)


def _of(member: Membership, chosen: Collection[str] | None) -> frozenset[str]:
    may = actor_of(member).permissions
    if Permission.VIEW_LOG not in may:
        return frozenset()
    if chosen is not None:
        return frozenset(chosen)
    return frozenset(map(str, BY_DEFAULT)) if Permission.MANAGE_CONNECTIONS in may else frozenset()


def asking() -> Iterator[tuple[Membership, frozenset[str]]]:
    """Everyone present in the organization at hand with the kinds they ask for. Two queries."""
    chosen = dict(Asking.objects.values_list("member", "kinds"))
    rows = Membership.objects.select_related("user", "group").filter(left_at=None, user__is_active=True)
    for member in rows.exclude(joined_at=None).order_by("pk"):
        yield member, _of(member, chosen.get(member.pk))


@transaction.atomic
def choose(actor: Actor, member: Membership, kinds: Collection[str]) -> None:
    """Keep which kinds a member has mailed: one's own choice. Raises NeedsAdmin for a kind that is none."""
    actor.require(Permission.VIEW_LOG)
    if actor.name != member.user.email:
        raise NeedsAdmin("not-permitted", permission="notices of another person")
    if unknown := sorted(set(kinds) - set(NoticeKind.values)):
        raise NeedsAdmin("notice-kind-unknown", kind=unknown[0], known=", ".join(NoticeKind.values))
    Asking.objects.update_or_create(member=member, defaults={"kinds": sorted(kinds)})
    audit.note(actor, "notices.choose", member.user.email, kinds=sorted(kinds))
