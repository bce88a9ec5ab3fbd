"""The addresses of the pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

FRONT = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Yellowbus</title></head><body><main>'
    "<h1>Yellowbus</h1><p>Yellowbus is running. Its command line does everything today; the pages come next.</p>"
    "</main></body></html>"
)


@require_safe
def front(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(FRONT)


@require_safe
def health(_request: HttpRequest) -> HttpResponse:
    """Whether the process answers, for whoever watches it. Asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [path("", front), path("healthz", health)]
