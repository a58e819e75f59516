"""What a customer can mend, as payloads report it."""

import strawberry


@strawberry.interface(description="An error that can be shown to a customer.")
class DisplayableError:
    field: list[str] | None = strawberry.field(
        default=None, description="The path to the input that caused it; null when it is about none in particular."
    )
    message: str = strawberry.field(description="What is wrong, for people.")


@strawberry.type(description="Something the caller can mend.")
class UserError(DisplayableError):
    code: str | None = strawberry.field(default=None, description="What is wrong, for programs; may be null.")
