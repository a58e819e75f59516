"""Who may use a field. Every mutation and subscription says so; which rows a caller sees is decided in SQL."""

from strawberry.permission import BasePermission


class Anyone:
    """Said out loud where no permission is asked for."""


Allowed = tuple[type[Anyone] | type[BasePermission], ...]


def checks(allow: Allowed) -> list[type[BasePermission]]:
    """The permission classes that have something to check."""
    if not allow:
        raise ValueError("say who may use it; allow=(Anyone,) for everybody")
    return [permission for permission in allow if issubclass(permission, BasePermission)]
