"""The three kinds of failure, and which of them a caller may read.

What the customer can mend is `Refused` and becomes `userErrors` on the payload. What the caller did wrong is
`ClientError` and becomes a top-level error with `extensions.code`. Everything else is ours: it is masked, and its
cause is found in the log under the id that the caller was given.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from resolvers.languages import Bilingual

ClientErrorCode: TypeAlias = Literal[
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "BAD_REQUEST",
    "BAD_USER_INPUT",
    "NOT_FOUND",
    "CONFLICT",
    "LIMIT_EXCEEDED",
    "THROTTLED",
    "TIMEOUT",
    "UNAVAILABLE",
]


@dataclass(frozen=True)
class Problem:
    """One thing the customer can mend.

    `code` is a value of the payload's error enum, `field` the path into the mutation's arguments that it is about;
    empty when it is about none in particular.
    """

    code: str
    message: Bilingual
    field: tuple[str, ...] = ()


class Refused(Exception):  # noqa: N818 (a refusal is an answer to the customer, not a fault)
    """The command cannot be carried out, for reasons its caller can mend. Raising it rolls the transaction back."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.message.en for problem in problems))
        self.problems = problems


class ClientError(Exception):
    """The caller's fault, told to the caller word for word: the message must be safe to show.

    `details` are added to the error's `extensions` beside `code`; they must be JSON values.
    """

    def __init__(self, code: ClientErrorCode, message: str, **details: str | int | float | bool | None) -> None:
        super().__init__(message)
        self.code: ClientErrorCode = code
        self.message = message
        self.details = details


class Change:
    """What a command did. Subclass it with the rows it touched; success has no user errors."""

    user_errors: tuple[()] = ()
