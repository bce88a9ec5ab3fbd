"""The panels that Configure opens, each by the word in its address: the one place where a panel is plugged in.

A module makes its function a panel with `@panel_of("match-codes")`, and is imported by `web/mapping.py`. The words are
`transformation` (the steps of a field), `match-codes` (its table of codes) and `contacts` (who takes which slot).

A panel answers GET and POST with the inside of the dialog: `mapping_answer.answer(request, editing, names, panel=…)`
renders the template named by `panel` into it, and with it the rows of `names` as the draft has them now, so that the page
behind the dialog shows the new values at once. Its `name` is the Enroll field that it configures, or the contact slot.
"""

from collections.abc import Callable

from django.http.response import HttpResponseBase

from yellowbus.web.mapping_editing import Editing
from yellowbus.web.place import Request

Panel = Callable[[Request, Editing, str], HttpResponseBase]

PANELS: dict[str, Panel] = {}


def panel_of(word: str) -> Callable[[Panel], Panel]:
    """Register the function that answers for a panel."""

    def register(view: Panel) -> Panel:
        PANELS[word] = view
        return view

    return register
