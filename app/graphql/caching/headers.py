"""What an answer's headers tell caches: who may keep it, for how long, and what it was built from."""

from time import monotonic

from app.graphql.caching.answers import Shared

NOT_SHARED = {"cache-control": "private, no-store"}


def shared_headers(shared: Shared) -> dict[str, str]:
    """Headers of an answer that everybody may be given."""
    left = int(min(shared.max_age, max(shared.ends - monotonic(), 0)))
    # What is out of date at a known moment must not be shown after it.
    stale = f", stale-while-revalidate={left}" if left == shared.max_age else ""
    return {"cache-control": f"public, max-age={left}{stale}"}


def caches_headers(shared: Shared, media: str) -> dict[str, str]:
    """Headers by which caches tell answers apart, and by which they forget them. The entity tag differs by media type,
    as the answer does.
    """
    headers = {"etag": f'"{shared.etag}.{_short(media)}"'}
    if shared.keys:
        headers["surrogate-key"] = shared.keys
    return headers


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Whether a client that says what it has by `If-None-Match` has this."""
    if if_none_match is None:
        return False
    known = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return "*" in known or etag in known


def _short(media: str) -> str:
    return "r" if "response" in media else "j"
