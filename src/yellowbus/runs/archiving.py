"""Put a connection away, with what runs through it in view."""

from django.db import transaction

from yellowbus.errors import NeedsAdmin
from yellowbus.runs.models import MOVING, Run
from yellowbus.setup import connections
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Actor


@transaction.atomic
def archive(actor: Actor, connection: Connection) -> None:
    """Archive a connection. Raises NeedsAdmin while a school, a schedule or a run uses it; its logs stay.

    The row is locked, as it is where a run is ordered: of an order and an archiving at one moment, one sees the other.
    """
    Connection.objects.select_for_update().get(pk=connection.pk)
    if Run.objects.filter(connection=connection, state__in=MOVING).exists():
        raise NeedsAdmin("connection-moving", name=connection.name)
    connections.archive(actor, connection)
