"""The four-eyes switch: who made what a run holds does not let it go alone."""

from yellowbus.errors import NeedsAdmin
from yellowbus.runs.models import Run
from yellowbus.setup import policies
from yellowbus.setup.permissions import Actor


def require_second(actor: Actor, run: Run) -> None:
    """Raise NeedsAdmin where two must look and the actor saved the mapping version of the run, or ordered it."""
    did = own_part(actor, run)
    if did and policies.kept().four_eyes:
        raise NeedsAdmin("four-eyes", who=actor.name, did=did)


def own_part(actor: Actor, run: Run) -> str:
    """What the actor has to do with the run, in words; "" for nothing."""
    if actor.name == run.mapping.author:
        return "saved its mapping"
    return "ordered it" if actor.name == run.actor else ""
