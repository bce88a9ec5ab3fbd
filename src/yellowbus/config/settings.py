"""Django's settings. They read the environment and start nothing; `config.start` starts what is needed."""

from typing import Any

from yellowbus.config import environment
from yellowbus.config.database import parse_url
from yellowbus.setup.keyring import read_keyring

DEBUG = False
SECRET_KEY = read_keyring(environment.keys_file()).django
ALLOWED_HOSTS = environment.hosts()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "yellowbus.enroll",
    "yellowbus.jobs",
    "yellowbus.setup",
    "yellowbus.runs",
    "yellowbus.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "yellowbus.web.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASES: dict[str, dict[str, Any]] = {"default": parse_url(environment.database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-us"
USE_I18N = False

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
YELLOWBUS_CLAIM_SECONDS = environment.claim_seconds()
YELLOWBUS_PAGE_ROWS = environment.page_rows()
YELLOWBUS_ALLOW_PRIVATE_ADDRESSES = environment.allow_private_addresses()
YELLOWBUS_KEYS = environment.keys_file()
