"""Which Storekeep this is."""

from importlib.metadata import PackageNotFoundError, version


def package_version() -> str:
    """This version of Storekeep; ``development`` for a checkout that is not installed."""
    try:
        return version("storekeep")
    except PackageNotFoundError:
        return "development"
