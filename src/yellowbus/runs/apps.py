from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "yellowbus.runs"
    label = "runs"
    verbose_name = "Runs"
