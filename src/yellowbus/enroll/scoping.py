"""Managers that answer only inside an organization's scope: a query outside one raises.

django-scopes makes such managers inside a function, where neither a reader nor a type checker finds the class; this is
the same rule as a class, on its scopes and its refusing query set.
"""

from typing import Any, TypeVar

from django.db import models
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet

_Row = TypeVar("_Row", bound=models.Model)


class Scoped(models.Manager[_Row]):
    """Rows of the organization in scope; `path` is the relation that leads to it.

    Django makes the manager of a reverse relation from this class, without arguments: its path is that of `objects`.
    """

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self.path = path

    def get_queryset(self) -> models.QuerySet[_Row]:
        scope: dict[str, Any] = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        if "organization" not in scope:
            refusing: models.QuerySet[_Row] = DisabledQuerySet(
                self.model, using=self._db, missing_scopes={"organization"}
            )
            return refusing
        organization = scope["organization"]
        path = self.path or self.model.objects.path  # type: ignore[attr-defined]
        if isinstance(organization, list | tuple):
            return super().get_queryset().filter(**{f"{path}__in": organization})
        return super().get_queryset().filter(**{path: organization})

    def all(self) -> models.QuerySet[_Row]:
        return self.get_queryset()
