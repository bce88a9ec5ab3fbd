"""Organizations and their instances, for those who set the program up and for opening the scope of one."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from yellowbus.enroll.fence import beyond
from yellowbus.enroll.models import Environment, Instance, Organization
from yellowbus.errors import NeedsAdmin

__all__ = ["ENVIRONMENTS", "Organization", "add", "every", "find", "instance"]

__all__ = ["ENVIRONMENTS", "Organization", "add", "every", "find", "instance"]

ENVIRONMENTS = tuple(Environment.values)


@transaction.atomic
def add(name: str, *, time_zone: str) -> Organization:
    """A new organization with its Production and its Sandbox. Raises NeedsAdmin if the name is taken or empty."""
    slug = slugify(name)
    if not slug:
        raise NeedsAdmin("organization-name")
    if Organization.objects.filter(slug=slug).exists():
        raise NeedsAdmin("organization-taken", slug=slug)
    made = Organization.objects.create(name=name, slug=slug, time_zone=time_zone)
    with beyond():
        Instance.objects.bulk_create(
            Instance(organization=made, environment=environment) for environment in ENVIRONMENTS
        )
    return made


def every() -> Sequence[Organization]:
    """All organizations by name."""
    return list(Organization.objects.order_by("name"))


def find(slug: str = "") -> Organization:
    """The organization of this slug; without one, the only one there is. Raises NeedsAdmin if that is not clear."""
    known = every()
    chosen = [each for each in known if slug in ("", each.slug)]
    if len(chosen) == 1:
        return chosen[0]
    if not known:
        raise NeedsAdmin("organization-none")
    slugs = ", ".join(each.slug for each in known)
    raise (
        NeedsAdmin("organization-unknown", slug=slug, known=slugs)
        if slug
        else NeedsAdmin("organization-which", known=slugs)
    )


def instance(organization: Organization, environment: str) -> int:
    """The id of the organization's Production or Sandbox."""
    return Instance.objects.get(organization=organization, environment=environment).pk
