"""Add Sync Connection: Agree, then name and SIS, then credentials with a real check; and replacing credentials."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.html import escape

from yellowbus.connectors import registry
from yellowbus.connectors.base import Check
from yellowbus.connectors.registry import Credential, Manifest, manifest
from yellowbus.enroll import directory
from yellowbus.errors import NeedsAdmin, YellowbusError
from yellowbus.runs.told import told
from yellowbus.setup import connections, secrets
from yellowbus.setup.models import Connection
from yellowbus.setup.permissions import Permission
from yellowbus.web.connections import found
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Place, Request, actor_of

_DRAFT = "connecting"  # of the session: what was agreed to and chosen so far, never a credential
_LONGEST = 2_000


class DescribeForm(forms.Form):
    """Which SIS, under which name, for which site."""

    name = forms.CharField(
        label="Name", max_length=100, help_text="As it is to stand on its card, such as PowerSchool Lakeview."
    )
    system = forms.ChoiceField(label="API")
    environment = forms.ChoiceField(label="Site", widget=forms.RadioSelect)

    def __init__(self, place: Place, data: Any = None) -> None:
        super().__init__(data, initial={"environment": place.environment})
        offered = {
            "system": [("", "Choose the SIS …")]
            + [(each.key, each.label) for each in connections.offered_in_browser()],
            "environment": [(each, each.title()) for each in place.environments],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Connection.objects.filter(name=name, archived_at=None).exists():
            raise forms.ValidationError("There is a connection of this name already. Choose another one.")
        return name


class CredentialsForm(forms.Form):
    """The boxes that the connector's manifest asks for. Of what is kept only the end of a secret is shown."""

    def __init__(self, described: Manifest, data: Any = None, *, kept: Connection | None = None) -> None:
        super().__init__(data)
        hints = secrets.hints(kept) if kept else {}
        for box in described.credentials:
            self.fields[box.name] = _box(box, kept, hints)

    @property
    def given(self) -> dict[str, str]:
        """What was typed; a secret left blank stays as it is kept."""
        return {
            name: value for name, value in self.cleaned_data.items() if value or not _is_secret(self, name)
        }


def _is_secret(form: forms.Form, name: str) -> bool:
    return isinstance(form.fields[name].widget, forms.PasswordInput)


def _box(box: Credential, kept: Connection | None, hints: Mapping[str, str]) -> forms.Field:
    if not box.secret:
        initial = kept.settings.get(box.name, box.default) if kept else box.default
        return forms.CharField(
            label=box.label, help_text=box.help, required=box.required, initial=initial, max_length=_LONGEST
        )
    known = box.name in hints
    ending = f", ending …{escape(hints[box.name])}" if hints.get(box.name) else ""
    return forms.CharField(
        label=box.label,
        help_text=f"Kept{ending}. Leave blank to keep it. {box.help}" if known else box.help,
        required=box.required and not known,
        max_length=_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@page(Permission.MANAGE_CONNECTIONS, methods=("GET", "POST"))
def agree(request: Request) -> HttpResponseBase:
    """The terms. Who agreed and when is kept with the connection."""
    if request.method == "POST":
        request.session[_DRAFT] = {"agreed": True}
        return redirect("connection-describe")
    return render(request, "connections/agree.html", {"terms": connections.TERMS})


@page(Permission.MANAGE_CONNECTIONS, methods=("GET", "POST"))
def describe(request: Request) -> HttpResponseBase:
    draft = request.session.get(_DRAFT, {})
    if not draft.get("agreed"):
        return redirect("connection-add")
    form = DescribeForm(request.place, request.POST if request.method == "POST" else None)
    if form.is_valid():
        request.session[_DRAFT] = {"agreed": True} | form.cleaned_data
        return redirect("connection-connect")
    offered = len(form.fields["system"].choices) - 1  # type: ignore[attr-defined]
    context = {"form": form, "files_off": offered < len(registry.SYSTEMS)}
    return render(request, "connections/describe.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE_CONNECTIONS, Permission.MANAGE_CREDENTIALS, methods=("GET", "POST"))
def connect(request: Request) -> HttpResponseBase:
    """Credentials for the connection described before; kept only when every check of the real SIS passes."""
    draft = request.session.get(_DRAFT, {})
    if "system" not in draft:
        return redirect("connection-add")
    described, data = manifest(draft["system"]), request.POST if request.method == "POST" else None
    form, lines = CredentialsForm(described, data), list[dict[str, Any]]()
    context = {"form": form, "system": described, "name": draft["name"], "checks": lines}
    if not form.is_valid():
        return _asked(request, context)
    try:
        given = connections.inside_folder(described.key, form.given)
        _check(described.key, given, lines)
        made = _add(request, draft, given)
    except YellowbusError as error:
        return _asked(request, context, trouble=error)
    del request.session[_DRAFT]
    request.session["environment"] = draft["environment"]
    return _connected(request, made, lines)


def _add(request: Request, draft: Mapping[str, str], given: Mapping[str, str]) -> Connection:
    instance = directory.sites(request.place.organization.pk)[draft["environment"]]
    return connections.add(
        actor_of(request), instance, name=draft["name"], system=draft["system"], credentials=given
    )


@page(Permission.MANAGE_CREDENTIALS, methods=("GET", "POST"))
def replace(request: Request, key: int) -> HttpResponseBase:
    """Other credentials for a connection; its mapping and its schools stay. Checked before they are kept."""
    shown = found(request.place, key)
    described, data = manifest(shown.system), request.POST if request.method == "POST" else None
    form, lines = CredentialsForm(described, data, kept=shown), list[dict[str, Any]]()
    context = {"form": form, "system": described, "name": shown.name, "connection": shown, "checks": lines}
    if not form.is_valid():
        return _asked(request, context)
    changed = {name: value for name, value in form.given.items() if value != shown.settings.get(name, "")}
    try:
        given = connections.inside_folder(described.key, changed)
        _check(described.key, connections.credentials(shown) | given, lines)
        connections.rotate(actor_of(request), shown, given)
    except YellowbusError as error:
        return _asked(request, context, trouble=error)
    return _connected(request, shown, lines)


def _asked(
    request: Request, context: dict[str, Any], *, trouble: YellowbusError | None = None
) -> HttpResponse:
    status = status_of(trouble) if trouble else (422 if context["form"].errors else 200)
    return render(request, "connections/connect.html", context | {"trouble": trouble}, status=status)


def _check(system: str, given: Mapping[str, str], lines: list[dict[str, Any]]) -> None:
    """Really connect, and note each line; those before a refusal stand too. Raises NeedsAdmin if one does not pass."""
    for line in connections.try_out(system, given):
        lines.append(_line(line))  # noqa: PERF401 (the lines before an error stay)
    refused = next((line["name"] for line in lines if not line["ok"] and not line["warning"]), None)
    if refused:
        raise NeedsAdmin("connect-failed", check=refused)


def _line(check: Check) -> dict[str, Any]:
    remedy = told(check.code, check.facts).remedy if check.code else ""
    return {
        "name": check.name,
        "ok": check.ok,
        "warning": check.warning,
        "says": check.says,
        "remedy": "" if remedy in check.says else remedy,
    }


def _connected(request: Request, made: Connection, lines: Iterable[dict[str, Any]]) -> HttpResponseBase:
    request.session[f"checks-{made.pk}"] = list(lines)
    messages.success(request, f"{made.name} is connected to {manifest(made.system).label}.")
    return redirect("connection", key=made.pk)


@page(Permission.MANAGE_CONNECTIONS)
def download(request: Request, system: str, name: str) -> HttpResponseBase:  # noqa: ARG001 (Django gives it)
    """A file that the set-up of a SIS needs, as its connector declares it."""
    try:
        declared, text = registry.download(system, name)
    except KeyError:
        raise NeedsAdmin("download-gone") from None
    response = HttpResponse(text, content_type=declared.type)
    response["Content-Disposition"] = f'attachment; filename="{declared.file}"'
    return response


urlpatterns = [
    path("connections/add/", agree, name="connection-add"),
    path("connections/add/sis/", describe, name="connection-describe"),
    path("connections/add/credentials/", connect, name="connection-connect"),
    path("connections/<int:key>/credentials/", replace, name="connection-credentials"),
    path("connections/files/<str:system>/<str:name>/", download, name="connection-download"),
]
