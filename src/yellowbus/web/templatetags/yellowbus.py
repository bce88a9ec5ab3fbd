"""The small words of the templates: marks, numbers, times, school years, icons, addresses of other pages of a list."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

MARKS = {
    "created": ("create", "+", "created"),
    "updated": ("change", "~", "changed"),
    "cleared": ("clear", "−", "cleared"),  # noqa: RUF001 (a minus sign is meant)
    "held": ("held", "‖", "held"),
    "review": ("held", "?", "to be reviewed"),
    "failed": ("failed", "!", "failed"),
    "unchanged": ("quiet", "=", "unchanged"),
    "skipped": ("quiet", "–", "skipped"),  # noqa: RUF001 (a dash is meant)
    "ok": ("create", "✓", "in order"),
    "attention": ("held", "!", "needs attention"),
    "paused": ("held", "‖", "paused"),
    "late": ("held", "!", "late"),
    "unusual": ("held", "!", "unusual"),
    "expiring": ("held", "!", "expires"),
    "recovered": ("create", "✓", "works again"),
}


@register.simple_tag
def mark(kind: str, count: int | str = "", word: str = "") -> SafeString:
    """A mark with its count: `{% mark "created" 12 %}`. Its word is there for a screen reader; `word` shows another."""
    style, sign, spoken = MARKS[kind]
    if word:
        return format_html(
            '<span class="mark {}"><b aria-hidden="true">{}</b> {} {}</span>', style, sign, count, word
        )
    return format_html(
        '<span class="mark {}"><b aria-hidden="true">{}</b> {} <span class="unseen">{}</span></span>',
        style,
        sign,
        number(count) if isinstance(count, int) else count,
        spoken,
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, always beside a word."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("vendor/lucide-1.62.0.svg"),
        name,
    )


@register.filter
def number(value: int) -> str:
    """With thousands separators: 1,934."""
    return f"{value:,}"


@register.filter
def fact(value: object) -> str:
    """What an event or an error tells: a list with commas, yes or no, anything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@register.filter
def year(value: int) -> str:
    """A school year by its starting year, as the pages write it."""
    return f"{value}–{(value + 1) % 100:02}"  # noqa: RUF001 (years are joined by a dash)


@register.simple_tag(takes_context=True)
def moment(context: RequestContext, value: datetime | None) -> SafeString | str:
    """A time in the organization's zone: relative within a day, the whole of it on hover and otherwise."""
    if value is None:
        return "never"
    place = context.get("place")
    local = value.astimezone(place.zone if place else ZoneInfo("UTC"))
    whole = f"{local:%b} {local.day}, {local:%Y %H:%M}"
    return format_html(
        '<time datetime="{}" title="{} {}">{}</time>',
        value.isoformat(),
        whole,
        local.tzname() or "",
        _relative(timezone.now() - value) or whole,
    )


def _relative(ago: timedelta) -> str:
    seconds = int(ago.total_seconds())
    if not 0 <= seconds < 86_400:
        return ""
    if seconds < 90:
        return "just now"
    if seconds < 5_400:
        return f"{round(seconds / 60)} minutes ago"
    return f"{round(seconds / 3600)} hours ago"


@register.simple_tag(takes_context=True)
def query(context: RequestContext, **changes: Any) -> str:
    """The present address with some parameters changed, or taken away by an empty value; back on the first page."""
    request: HttpRequest = context["request"]
    parameters = request.GET.copy()
    parameters.pop("page", None)
    for name, value in changes.items():
        parameters.pop(name, None)
        if value not in ("", None):
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else request.path
