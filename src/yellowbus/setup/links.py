"""One-time links: unguessable, short-lived, good for one use, kept only as a hash."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from yellowbus.enroll.fence import beyond, within
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.models import Link, Membership, User
from yellowbus.setup.permissions import Actor

INVITATION = timedelta(days=3)
SIGN_IN = timedelta(hours=1)


def make(membership: Membership, *, now: datetime, signs_in: bool = False) -> str:
    """A new link of a member; earlier ones of the same member stop working. Answers its path."""
    Link.objects.filter(membership=membership, used_at=None).update(used_at=now)
    token = secrets.token_urlsafe(32)
    lasts = SIGN_IN if signs_in else INVITATION
    Link.objects.create(
        membership=membership, digest=_digest(token), signs_in=signs_in, expires_at=now + lasts
    )
    return f"/join/{token}/"


def look(token: str, *, now: datetime) -> Link:
    """The link of this token, not used by looking. Raises NeedsAdmin if it is unknown, used or too old."""
    with beyond():
        found = (
            Link.objects.select_related("membership__user", "membership__organization")
            .filter(digest=_digest(token), used_at=None, expires_at__gt=now, membership__left_at=None)
            .first()
        )
    if found is None or not found.membership.user.is_active:
        raise NeedsAdmin("link-spent")
    return found


@transaction.atomic
def use(token: str, *, now: datetime, name: str = "", password: str = "") -> User:
    """Use a link once: the person is a member from now on, with this name and password if they had none.

    An account that has a password keeps it: the caller has made sure that its owner is signed in.
    """
    link = look(token, now=now)
    member = link.membership
    with within(member.organization):
        if not Link.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
            raise NeedsAdmin("link-spent")
        Membership.objects.filter(pk=member.pk, joined_at=None).update(joined_at=now)
        audit.note(
            Actor(member.user.email, member.organization_id, frozenset()), "link.use", member.user.email
        )
    if password and not member.user.has_usable_password():
        member.user.set_password(password)
        member.user.name = name or member.user.name
        member.user.save(update_fields=["password", "name"])
    return member.user


def _digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
