"""What search engines are told."""

from typing import Any

import strawberry
from strawberry import Parent

from schema.caching import PART


@strawberry.type(description="How search engines should show something.", directives=[PART])
class SEO:
    @strawberry.field(description="The text below the title; null for the description's beginning.")
    @staticmethod
    def description(row: Parent[Any]) -> str | None:
        text: str | None = row.seo_description
        return text

    @strawberry.field(description="The title; null for its own.")
    @staticmethod
    def title(row: Parent[Any]) -> str | None:
        text: str | None = row.seo_title
        return text


def itself(row: Parent[Any]) -> Any:
    """The row itself, under another type."""
    return row
