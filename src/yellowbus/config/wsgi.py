"""What a web server is given. `config.start` has set Django up before this is read."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
