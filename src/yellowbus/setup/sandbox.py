"""The Sandbox of an organization, filled from its Production."""

from django.db import transaction

from yellowbus.enroll import copying, directory
from yellowbus.enroll.copying import Copied
from yellowbus.errors import NeedsAdmin
from yellowbus.setup import audit
from yellowbus.setup.permissions import Actor, Permission


@transaction.atomic
def fill(actor: Actor, *, to: str = "sandbox") -> Copied:
    """Make the Sandbox hold what Production holds. Raises NeedsAdmin for any other target."""
    actor.require(Permission.MANAGE_SETTINGS)
    sites = directory.sites(actor.organization_id)
    if to not in sites:
        raise NeedsAdmin("instance-missing", environment=to)
    source = next((site for name, site in sites.items() if name != to), 0)
    done = copying.copy(source, sites[to])
    audit.note(actor, "sandbox.fill", to, schools=done.schools, students=done.students)
    return done
