"""The panels that Configure opens, each by the word in its address: the one place where a panel is plugged in.

A panel answers GET and POST with the inside of the dialog: a template that extends `mapping/panel.html`. Its `name` is the
Enroll field that it configures, or what else it needs to know (a contact slot). After a change of the draft it answers
with `mapping_rows.answer(request, drafts' editing, names, panel)`, so that the rows behind the dialog show it at once.
"""

from collections.abc import Callable, Mapping

from django.http.response import HttpResponseBase

from yellowbus.web.mapping_editing import Editing
from yellowbus.web.place import Request

Panel = Callable[[Request, Editing, str], HttpResponseBase]

# transformation: the steps of a field (mapping_steps). match-codes: its table of codes. contacts: who takes which slot.
PANELS: Mapping[str, Panel] = {}
