"""The panel of a transformation."""

from django.http.response import HttpResponseBase

from yellowbus.web.mapping_answer import answer
from yellowbus.web.mapping_editing import Editing
from yellowbus.web.mapping_panels import panel_of
from yellowbus.web.mapping_rules import rule_of
from yellowbus.web.place import Request


@panel_of("transformation")
def panel(request: Request, editing: Editing, name: str) -> HttpResponseBase:
    """The steps of one field, each with the value after it."""
    rule = rule_of(editing, name)
    return answer(request, editing, [name], panel="mapping/panel_steps.html", rule=rule)
