"""The link that does what the remedy of a message says."""

from collections.abc import Mapping

from django.urls import reverse

from yellowbus.setup.permissions import Permission
from yellowbus.web.place import Place


def link(place: Place | None, code: str, facts: Mapping[str, object]) -> dict[str, str]:
    """For `parts/trouble.html`; nothing where there is no such page, or where the person may not open it."""
    if place is None:
        return {}
    if code == "imports-off" and place.may(Permission.MANAGE_SETTINGS):
        return {"trouble_link": reverse("settings-general"), "trouble_verb": "Open Settings > General"}
    if code == "run-under-way":
        return {"trouble_link": reverse("run", args=[facts["run"]]), "trouble_verb": "Look at that run"}
    return {}
