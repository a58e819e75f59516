"""Letters made small, the same on both databases."""

from typing import Any

import pytest
from sqlalchemy import literal
from sqlmodel import select

from db.letters import AsciiLower, SmallLetters
from db.session import Database


@pytest.mark.parametrize(("make", "found"), [(AsciiLower, "ÄÖÉ az straße"), (SmallLetters, "äöé az straße")])
async def test_letters_are_made_small(db: Database, make: Any, found: str) -> None:
    async with db.read() as session:
        assert await session.first(select(make(literal("ÄÖÉ Az Straße")))) == found
