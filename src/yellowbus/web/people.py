"""Settings > Manage Users: people, and User Groups & Permissions."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone

from yellowbus.errors import YellowbusError
from yellowbus.setup import groups
from yellowbus.setup import people as members
from yellowbus.setup.permissions import Permission
from yellowbus.web.page import page, status_of
from yellowbus.web.place import Request, actor_of

NEW = 0


class InviteForm(forms.Form):
    """Whom to invite."""

    email = forms.EmailField(label="Email address", max_length=members.EMAIL_LIMIT)
    name = forms.CharField(label="Name", max_length=groups.NAME_LIMIT, required=False)
    group = forms.TypedChoiceField(label="Group", coerce=int)

    def __init__(self, data: Any, *, offered: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["group"].choices = offered  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """A group of one's own."""

    name = forms.CharField(label="Name", max_length=groups.NAME_LIMIT)


@page(Permission.MANAGE_USERS)
def people(request: Request) -> HttpResponseBase:
    context = {"rows": members.every(), "groups": groups.every(request.place.organization.pk)}
    return render(request, "people/list.html", context)


@page(Permission.MANAGE_USERS, methods=("GET", "POST"))
def invite(request: Request) -> HttpResponseBase:
    offered = [(each.pk, each.name) for each in groups.every(request.place.organization.pk)]
    form = InviteForm(request.POST if request.method == "POST" else None, offered=offered)
    trouble: YellowbusError | None = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            member, link = members.invite(
                actor_of(request),
                given["email"],
                groups.find(given["group"]),
                name=given["name"],
                now=timezone.now(),
            )
        except YellowbusError as error:
            trouble = error
        else:
            address = request.build_absolute_uri(link)
            return render(request, "people/invited.html", {"member": member, "address": address})
    status = status_of(trouble) if trouble else 422 if form.is_bound else 200
    return render(request, "people/invite.html", {"form": form, "trouble": trouble}, status=status)


@page(Permission.MANAGE_USERS, methods=("GET", "POST"))
def person(request: Request, key: int) -> HttpResponseBase:
    """One member: the group, and the end of access."""
    member = members.find(key)
    offered = groups.every(request.place.organization.pk)
    trouble: YellowbusError | None = None
    if request.method == "POST":
        try:
            messages.success(request, _change(request, key))
            return redirect("people")
        except YellowbusError as error:
            trouble, member = error, members.find(key)
    context = {"member": member, "groups": offered, "trouble": trouble}
    return render(request, "people/person.html", context, status=status_of(trouble) if trouble else 200)


def _change(request: Request, key: int) -> str:
    """Do what was asked with the member; the sentence that says so."""
    actor, member = actor_of(request), members.find(key)
    if "deactivate" in request.POST:
        members.deactivate(actor, member, now=timezone.now())
        return f"{member.user.email} has no access any more."
    chosen = request.POST.get("group", "")
    group = groups.find(int(chosen) if chosen.isdecimal() and len(chosen) < 18 else 0)
    members.change_group(actor, member, group)
    return f"{member.user.email} is in {group.name} now."


@page(Permission.MANAGE_USERS, methods=("GET", "POST"))
def group(request: Request, key: int = NEW) -> HttpResponseBase:
    """One group with its permissions, each with what it means; key 0 is a new one."""
    found = groups.find(key) if key != NEW else None
    granted = set(groups.grants_of(found)) if found else set()
    trouble: YellowbusError | None = None
    form = GroupForm(
        request.POST if request.method == "POST" else None, initial={"name": found.name if found else ""}
    )
    if request.method == "POST":
        granted = set(request.POST.getlist("grant"))
    if form.is_valid():
        try:
            saved = groups.save(actor_of(request), form.cleaned_data["name"], granted, group=found)
        except YellowbusError as error:
            trouble = error
        else:
            messages.success(request, f"The group {saved.name} is saved.")
            return redirect("people")
    context = {"group": found, "form": form, "grants": groups.GRANTS, "granted": granted, "trouble": trouble}
    status = status_of(trouble) if trouble else 422 if form.is_bound else 200
    return render(request, "people/group.html", context, status=status)


urlpatterns = [
    path("settings/users/", people, name="people"),
    path("settings/users/invite/", invite, name="invite"),
    path("settings/users/<int:key>/", person, name="person"),
    path("settings/users/groups/new/", group, name="group-new"),
    path("settings/users/groups/<int:key>/", group, name="group"),
]
