"""The pages as a browser asks for them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def static_files() -> None:
    """Pages name their files by hash, which is known when all are gathered."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def plain(static_files: None) -> Iterator[None]:
    """Passwords hashed quickly, and pages asked for without TLS, as a demo does."""
    from django.test import override_settings

    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(
        PASSWORD_HASHERS=quick,
        SECURE_SSL_REDIRECT=False,
        SECURE_PROXY_SSL_HEADER=None,
        ALLOWED_HOSTS=["testserver"],
    ):
        yield


@pytest.fixture
def district(db: None, plain: None, tmp_path: Path) -> Any:
    from people import District

    return District(tmp_path)
