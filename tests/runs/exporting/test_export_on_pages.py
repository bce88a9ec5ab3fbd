"""The pages of runs show an export in its own words."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from export_scene import MARIA, ROSA, ExportScene

from yellowbus.setup import groups
from yellowbus.setup.models import Group, Membership, User


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    """Pages name their files by hash, which is known when all are gathered; they are asked for without TLS."""
    call_command("collectstatic", interactive=False, verbosity=0)
    with override_settings(
        SECURE_SSL_REDIRECT=False, SECURE_PROXY_SSL_HEADER=None, ALLOWED_HOSTS=["testserver"]
    ):
        yield


def browser(scene: ExportScene) -> Client:
    """A browser in which an administrator is signed in."""
    groups.ensure(scene.organization.pk)
    user = User.objects.create(email=f"{uuid4().hex[:10]}@lakeview.example", name="Robin Vale")
    Membership.objects.create(
        organization=scene.organization,
        user=user,
        group=Group.objects.get(name=groups.FULL),
        joined_at=timezone.now(),
    )
    client = Client()
    client.force_login(user)
    return client


def words(client: Client, path: str) -> str:
    page = client.get(path)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_run_record_and_list_speak_of_an_export(scene: ExportScene) -> None:
    lacking = {name: value for name, value in MARIA.items() if not name.endswith("lname")}
    scene.register("R-1", ROSA | lacking)
    run, client = scene.export(), browser(scene)
    told = words(client, f"/logs/{run.pk}/")
    assert "This export created 1 student." in told
    assert "Export to Little" in told
    assert "Contact 1 was not sent: the SIS requires 1 - Contacts.LastName." in told
    record = words(client, f"/logs/{run.pk}/{scene.form('R-1').id}/")
    assert "The registration as Enroll has it" in record
    assert re.search(r"First name.*Rosa", record)
    assert "Export, 2026" in words(client, "/logs/")


def test_a_plan_that_waits_is_shown_before_it_is_applied(scene: ExportScene) -> None:
    scene.register("R-1")
    run = scene.export(yes=False)
    told = words(browser(scene), f"/logs/{run.pk}/")
    assert "first export, so it waits" in told
    assert "This export creates 1 student." in told
