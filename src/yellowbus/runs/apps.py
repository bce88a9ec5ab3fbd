from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "yellowbus.runs"
    label = "runs"
    verbose_name = "Runs"

    def ready(self) -> None:
        """Register what jobs and minutes do."""
        from yellowbus.runs import due, letters, notices, purging, scanning, tick  # noqa: F401, PLC0415 (models are not ready before)
        from yellowbus.runs.importing import drive  # noqa: F401, PLC0415 (as above)
