"""Rows of translations: what the shop wrote, in its other languages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, literal, union_all
from sqlalchemy import select as sa_select
from sqlmodel import Field, col

from db.base import Row, table_of
from db.keys import among
from db.types import BigId
from db.wording import Wording


class TranslationRow(Row, table=True):
    """A text of an owner in another language than the shop's own.

    ``language`` is a code of the API, such as ``DE`` or ``PT_BR``; ``field`` is a column of the owner's row, or the key
    of a metaobject's field, or `label_field` of a filter. They go with their owners: triggers see to it, since ids may
    be given again.
    """

    __tablename__ = "translations"

    owner_kind: str = Field(primary_key=True, max_length=20)
    owner_id: int = Field(primary_key=True, sa_type=BigId)
    field: str = Field(primary_key=True, max_length=64)
    language: str = Field(primary_key=True, max_length=10, index=True)
    value: str


def texts_in(
    owners: Mapping[Wording, Sequence[int]], languages: Sequence[str], fields: Mapping[Wording, str] | None = None
) -> CompoundSelect[Any] | Select[Any]:
    """(kind, id, field, language, text) of owners in these languages; and, under no language, the names of parts.

    ``fields``: of each wording that one alone.
    """
    row = TranslationRow
    texts = (col(row.owner_kind), col(row.owner_id), col(row.field), col(row.language), col(row.value))
    found: list[Any] = [
        sa_select(*texts).where(
            col(row.owner_kind) == wording.kind,
            among(row.owner_id, keys),
            col(row.language).in_(languages),
            *([] if fields is None else [col(row.field) == fields[wording]]),
        )
        for wording, keys in owners.items()
    ]
    for wording, keys in owners.items():
        if wording.part is not None:
            part = table_of(wording.part)
            kind, field, as_written = (literal(text, String) for text in (wording.kind, "name", ""))
            named = sa_select(kind, part.c.id, field, as_written, part.c.name)
            found.append(named.where(among(part.c.id, keys)))
    return found[0] if len(found) == 1 else union_all(*found)
