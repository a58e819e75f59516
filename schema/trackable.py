"""What can be found in the online shop, and followed there."""

from urllib.parse import quote_plus

import strawberry
from graphql.pyutils import Path

from resolvers.context import Info
from schema.caching import PART
from schema.scalars import Url


@strawberry.interface(description="Anything that has a page in the online shop.", directives=[PART])
class OnlineStorePublishable:
    online_store_url: Url | None = strawberry.field(description="Its page; null when it has none.")


@strawberry.interface(description="Anything whose page can be told where a visitor came from.", directives=[PART])
class Trackable:
    @strawberry.field(
        description="What to append to its page's URL, so that the shop learns from which search a visitor came: its "
        "place in the answer and what was searched for; null outside of search results.",
        metadata={"needs_place": True},
    )
    @staticmethod
    def tracking_parameters(info: Info) -> str | None:
        return tracking(info)


def tracking(info: Info) -> str | None:
    """The tracking parameters of what is being resolved; None unless it stands in a search's answer itself."""
    root, places = _way(info.path)
    searched = info.context.searches.get(root)
    if searched is None or len(places) != 1:
        return None
    return f"_pos={places[0] + 1}&_psq={quote_plus(searched)}"


def _way(path: Path) -> tuple[str, list[int]]:
    """The response name of the root field, and the places in lists on the way from it."""
    keys = path.as_list()
    return str(keys[0]), [key for key in keys if isinstance(key, int)]
