"""Scalars that read and write the way storefronts expect. All travel as strings; Json as any JSON value."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

Decimal = NewType("Decimal", str)
Url = NewType("Url", str)
Html = NewType("Html", str)
Color = NewType("Color", str)
Json = NewType("Json", object)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a string, not {value!r}")
    return value


def _moment_out(value: datetime) -> str:
    return value.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _moment_in(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _scalar(name: str, description: str, url: str | None = None) -> ScalarDefinition:
    made: ScalarDefinition = strawberry.scalar(
        name=name, description=description, specified_by_url=url, serialize=str, parse_value=_text
    )
    return made


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: _scalar("Decimal", 'A decimal number as a string, with at least one decimal: `"29.99"`, `"10.0"`.'),
    Url: _scalar("URL", "An absolute URL (RFC 3986)."),
    Html: _scalar("HTML", "HTML that was sanitised when it was stored."),
    Color: _scalar("Color", "A colour as `#RRGGBB`."),
    Json: strawberry.scalar(name="JSON", description="Any JSON value.", serialize=lambda value: value),
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment in UTC (ISO 8601), such as `2026-04-01T09:30:00Z`.",
        serialize=_moment_out,
        parse_value=_moment_in,
    ),
}
