from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "yellowbus.web"
    label = "web"
    verbose_name = "Web"
