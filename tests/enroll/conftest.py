"""An instance with nothing in it, inside its scope."""

from collections.abc import Iterator
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:  # Django is not ready when this file is read
    from yellowbus.enroll.models import Instance


@pytest.fixture
def instance(db: None) -> "Iterator[Instance]":
    from django_scopes import scope

    from yellowbus.enroll.models import Instance, Organization

    organization = Organization.objects.create(
        name="Lakeview Unified (invented)", slug=f"o-{uuid4().hex[:12]}"
    )
    with scope(organization=organization):
        yield Instance.objects.create(organization=organization, environment="production")
