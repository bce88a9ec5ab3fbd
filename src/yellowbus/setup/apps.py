from django.apps import AppConfig


class SetupConfig(AppConfig):
    name = "yellowbus.setup"
    label = "setup"
    verbose_name = "Setup"

    def ready(self) -> None:
        """Register what each minute does."""
        from yellowbus.setup import glimpses  # noqa: F401, PLC0415 (models are not ready before)
