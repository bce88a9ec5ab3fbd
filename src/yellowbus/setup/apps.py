from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "yellowbus.setup"
    label = "setup"
    verbose_name = "Setup"
