"""The markup of the rows and of the list of source fields, written out here: a template takes ten times as long.

A page has three hundred rows and four hundred source fields. Every text is escaped by `html.escape`.
"""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

from yellowbus.mapping.model import MappingType
from yellowbus.records import WriteRule
from yellowbus.web.mapping_rows import Row, Said
from yellowbus.web.mapping_sight import Source
from yellowbus.web.templatetags.yellowbus import mark

_TYPES = {
    MappingType.DIRECT: "Direct",
    MappingType.TRANSFORMATION: "Transformation",
    MappingType.MATCH_CODES: "Match Codes",
    MappingType.DO_NOT_MAP: "Do Not Map",
}
_WRITE_RULES = {
    WriteRule.ALWAYS: "Always",
    WriteRule.IF_BLANK: "Only if blank",
    WriteRule.ON_CREATE: "Only on create",
    WriteRule.NEVER: "Never",
}


def _options(labels: dict[str, str], chosen: str) -> str:
    return "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{label}'
        for value, label in labels.items()
    )


_TYPE_OPTIONS = {
    each: _options({one.value: label for one, label in _TYPES.items()}, each.value) for each in _TYPES
}
_WRITE_OPTIONS = {
    each: _options({one.value: label for one, label in _WRITE_RULES.items()}, each.value)
    for each in _WRITE_RULES
}
_FITS = 24  # signs of a source's name that a box shows
_LEFT = '<span class="muted">left as it is</span>'
_FAILED, _NO_VALUE = mark("failed", "", ""), mark("failed", "", "no value")
_CLEARS, _REQUIRED = mark("cleared", "", "clears"), mark("attention", "", "Required")


def row(shown: Row, *, contacts: bool) -> SafeString:
    """One Enroll field with its rule, as a body of the table. `contacts` says whether the contacts' panel is there."""
    name, label = escape(shown.name), escape(shown.label)
    kinds = [word for word, on in (("changed", shown.changed), ("unmapped", not shown.mapped)) if on]
    classes = f' class="{" ".join(kinds)}"' if kinds else ""
    boxes = _of_slot(shown, label, contacts=contacts) if shown.slot else _boxes(shown, label)
    writes = "<td><td>" if shown.slot or not shown.mapped else _writes(shown, label)
    return mark_safe(  # noqa: S308 (every text is escaped)
        f'<tbody id="f-{name}" hx-post="rule/{name}/"{classes}><tr>{boxes}'
        f'<td data-label="Mapped Value">{_value(shown)}{writes}{_head(shown, name, label)}</tr>'
        f"{_told(shown.problems)}</tbody>"
    )


def sources(found: Iterable[Source]) -> SafeString:
    """The one list that every source picker shares."""
    pairs = ((escape(each.name), f' label="{escape(each.says)}"' if each.says else "") for each in found)
    options = (f'<option value="{name}"{label}>' for name, label in pairs)
    return mark_safe("".join(options))  # noqa: S308 (every text is escaped)


def _boxes(shown: Row, label: str) -> str:
    source, told = escape(shown.rule.source or ""), escape(shown.configured)
    plain, says = ("", f": {told}") if told else (' class="plain"', "")
    whole = f' title="{source}"' if len(source) > _FITS else ""
    return (
        f'<td data-label="Source"><input name="source" list="sources" autocomplete="off" value="{source}"{whole}'
        f' aria-label="Source for {label}"><td data-label="Mapping Type"><select name="type"'
        f' aria-label="Mapping Type for {label}">{_TYPE_OPTIONS[shown.rule.type]}</select>'
        f'<td data-label="Configure"><button type="button" hx-get="panel/{escape(shown.panel)}/" hx-trigger="click"'
        f'{plain} aria-label="Configure {label}{says}">{told or "Configure"}</button>'
    )


def _of_slot(shown: Row, label: str, *, contacts: bool) -> str:
    """A field that a contact slot fills: it is configured with its slot."""
    group = shown.slot.rstrip("0123456789")
    slot = escape(f"{group.capitalize()} {shown.slot.removeprefix(group)}")
    button = (
        f'<button type="button" hx-get="panel/{escape(shown.panel)}/" hx-trigger="click"'
        f' aria-label="Configure {slot} for {label}">{slot}</button>'
    )
    return (
        f'<td data-label="Source">{escape(shown.rule.source or "")}<td data-label="Mapping Type">Contact Mapping'
        f'<td data-label="Configure">{button if contacts else slot}'
    )


def _value(shown: Row) -> str:
    if shown.state == "value":
        return f"<span>{escape(shown.value)}</span>"
    if shown.state == "clears":
        return _CLEARS
    if shown.state == "left":
        return _NO_VALUE if shown.problems else _LEFT
    return _REQUIRED if shown.left else ""


def _writes(shown: Row, label: str) -> str:
    checked = " checked" if shown.rule.overwrite else ""
    overwrite = f'<input type="checkbox" name="overwrite" aria-label="Overwrite {label}"{checked}>'
    if shown.locked:
        overwrite = '<span class="muted" title="An identity field is never cleared">never</span>'
    return (
        f'<td data-label="Overwrite">{overwrite}<td data-label="Writes"><select name="write"'
        f' aria-label="When {label} is written">{_WRITE_OPTIONS[shown.rule.write_rule]}</select>'
    )


def _head(shown: Row, name: str, label: str) -> str:
    required = ' <b class="required" title="Required">*<span class="unseen"> required</span></b>'
    unsaved = ' <span class="unsaved">unsaved</span>'
    return (
        f'<th scope="row">{label}{required if shown.required else ""}{unsaved if shown.changed else ""}'
        f'<br><span class="id muted">{name.replace(".", ".<wbr>", 1)}</span></th>'
    )


def _told(problems: Iterable[Said]) -> str:
    lines = "".join(
        f'<p>{_FAILED} {escape(each.sentence)} <span class="muted">{escape(each.remedy)}</span></p>'
        for each in problems
    )
    return f'<tr class="told"><td colspan="7">{lines}</td></tr>' if lines else ""
