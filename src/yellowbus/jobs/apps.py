from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "yellowbus.jobs"
    label = "jobs"
    verbose_name = "Jobs"
