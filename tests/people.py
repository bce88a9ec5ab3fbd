"""A district with a person of every kind, for the pages."""

from pathlib import Path
from uuid import uuid4

from django.test import Client, override_settings
from django.utils import timezone

from scene import Scene
from yellowbus.enroll.models import Instance, Organization
from yellowbus.setup import groups
from yellowbus.setup.models import Group, Membership, User

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time, on purpose
PASSWORD = "four words nobody knows"
ROLES = {
    "limited": groups.LIMITED,
    "full": groups.FULL,
    "view": "Registrar",
    "edit": "Registrar in chief",
}


class District(Scene):
    """The scene with a person for each of ROLES."""

    def __init__(self, folder: Path, *, name: str = "Lakeview Unified (invented)") -> None:
        super().__init__(folder, name=name)
        with self.scope():
            self.sandbox = Instance.objects.create(organization=self.organization, environment="sandbox")
            groups.save(self.actor, "Registrar", ["registrations.view"])
            groups.save(self.actor, "Registrar in chief", ["registrations.view", "registrations.edit"])
            self.people = {role: self.person(group) for role, group in ROLES.items()}

    def person(self, group: str, *, name: str = "Robin Vale", email: str = "") -> Membership:
        """A member of that group, with PASSWORD."""
        return member(self.organization, group, name=name, email=email)

    def client(self, role: str) -> Client:
        """A browser in which that person is signed in."""
        return signed_in(self.people[role])


def member(
    organization: Organization, group: str, *, name: str = "Robin Vale", email: str = ""
) -> Membership:
    """A person of that group of the organization, with PASSWORD. Within its scope."""
    groups.ensure(organization.pk)
    user = User(email=email or f"{uuid4().hex[:10]}@lakeview.example", name=name)
    with override_settings(PASSWORD_HASHERS=QUICK):
        user.set_password(PASSWORD)
    user.save()
    return Membership.objects.create(
        organization=organization, user=user, group=Group.objects.get(name=group), joined_at=timezone.now()
    )


def signed_in(member: Membership) -> Client:
    client = Client()
    client.force_login(member.user)
    return client
