from django.apps import AppConfig


class EnrollConfig(AppConfig):
    name = "yellowbus.enroll"
    label = "enroll"
    verbose_name = "Enroll"
