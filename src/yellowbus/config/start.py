"""Bring the program up: the database server if none is named, Django, the migrations."""

import atexit
import os

import django

from yellowbus.config import environment
from yellowbus.config.database import migrate, refuse_unfit
from yellowbus.config.server import LocalServer


def start(*, migrated: bool = True) -> None:
    """After this the database answers and Django is ready. `migrated` False only refuses what is unfit."""
    if not environment.database_url():
        server = LocalServer(environment.data_folder())
        os.environ["DATABASE_URL"] = server.start()
        atexit.register(server.release)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yellowbus.config.settings")
    django.setup()
    if migrated:
        migrate()
    else:
        refuse_unfit()
