"""Django's settings. They read the environment and start nothing; `config.start` starts what is needed."""

from typing import Any
from urllib.parse import unquote, urlsplit

from yellowbus.config import environment
from yellowbus.config.database import parse_url
from yellowbus.setup.keyring import read_keyring

DEBUG = False
SECRET_KEY = read_keyring(environment.keys_file()).django
ALLOWED_HOSTS = environment.hosts()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "csp",
    "procrastinate.contrib.django",
    "yellowbus.enroll",
    "yellowbus.jobs",
    "yellowbus.setup",
    "yellowbus.runs",
    "yellowbus.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yellowbus.web.place.PlaceMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "yellowbus.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "yellowbus.web.frame.frame",
            ],
            "builtins": ["django.templatetags.static", "yellowbus.web.templatetags.yellowbus"],
        },
    }
]
FORM_RENDERER = "yellowbus.web.forms.Renderer"
STATIC_URL = "/static/"
STATIC_ROOT = environment.data_folder() / "static"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- who signs in, and for how long ---
AUTH_USER_MODEL = "setup.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "UserAttributeSimilarityValidator": {"user_attributes": ("email", "name")},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_COOKIE_AGE = 60 * 60  # of silence
YELLOWBUS_SESSION_HOURS = 12  # at the longest, since a page that renews itself is never silent
SESSION_SAVE_EVERY_REQUEST = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ACCOUNT_ADAPTER = "yellowbus.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is vouched for by the administrator who invited it
MFA_ADAPTER = "yellowbus.web.accounts.FactorAdapter"
MFA_TOTP_ISSUER = "Yellowbus"

# --- what a browser may do ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the stylesheet's small marks and the second factor's picture
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
_TLS = not environment.plain_http()
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if _TLS else 0
# TLS ends at the proxy in front, which must set these two headers itself and pass on none from outside.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _TLS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- mail ---
_smtp = urlsplit(environment.smtp())
_way = "smtp" if _smtp.hostname else "console" if _smtp.scheme == "console" else "dummy"
EMAIL_BACKEND = f"django.core.mail.backends.{_way}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "", _smtp.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_USE_TLS = _smtp.scheme == "smtp" and bool(_smtp.username)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.mail_from()
YELLOWBUS_ADDRESS = f"{'https' if _TLS else 'http'}://{environment.hosts()[0]}"  # of the links in a mail

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
YELLOWBUS_FILES = environment.files_folder()  # where the pages may name files; unset, they offer none
