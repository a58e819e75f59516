"""What can be found in the online shop, and followed there."""

import strawberry

from schema.scalars import Url


@strawberry.interface(description="Anything that has a page in the online shop.")
class OnlineStorePublishable:
    online_store_url: Url | None = strawberry.field(description="Its page; null when it has none.")


@strawberry.interface(description="Anything whose page can be told where a visitor came from.")
class Trackable:
    @strawberry.field(
        description="What to append to its page's URL, so that the shop learns from which search a visitor came; "
        "null outside of search results."
    )
    @staticmethod
    def tracking_parameters() -> str | None:
        return None
