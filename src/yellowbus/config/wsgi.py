"""The pages as a WSGI application. Importing it needs a started product (`config.start`)."""

from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

# Hashed names need every static file in one place before the first page is shown.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
call_command("collectstatic", interactive=False, verbosity=0)

application = get_wsgi_application()
