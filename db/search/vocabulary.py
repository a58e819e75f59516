"""Named statements over the vocabulary of the index: which of its words are meant by what was typed."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import sqlalchemy
from sqlalchemy import and_, exists, func, literal, literal_column, true, union, union_all

from db.base import Tuples, table_of
from db.keys import among
from db.search.asking import MOST_HITS, Condition, in_parts
from db.search.index import (
    EVERYWHERE,
    PROMINENT,
    ROWS,
    Kind,
    Part,
    SearchFormRow,
    SearchPostingRow,
    SearchSpellingRow,
    SearchWordRow,
)

MOST_ENDINGS, MOST_ENDINGS_ALONE = 20, 60
"""How many words a beginning stands for at most, beside other words and by itself: of what has one word, each of the
others is looked up for each thing.
"""

_WORDS, _FORMS = table_of(SearchWordRow), table_of(SearchFormRow)
_SPELLINGS, _POSTINGS = table_of(SearchSpellingRow), table_of(SearchPostingRow)
_FORMS_LOOKED_AT = 500
_MOST_LIKELY = 200
_LAST = "\U0010ffff"

Needed: TypeAlias = tuple[Sequence[str], Sequence[str]]
"""Words, and beginnings of words, one of which something must have."""


def words_meant(language: str, words: Sequence[str], beginnings: Sequence[str], *, is_alone: bool) -> Tuples:
    """(what was asked, whether it is a beginning, a word's id, a form of it, how many things have it).

    Of the words that begin so, the shortest; more of them where a word ``is_alone`` in its question. Things are
    counted to MOST_HITS.
    """
    most = MOST_ENDINGS_ALONE if is_alone else MOST_ENDINGS
    word, form = _WORDS.c, _FORMS.c
    exactly = and_(word.language == language, among(word.word, words))
    asked = [_asked(word.word.label("asked"), 0, word.id.label("word_id"), word.word.label("form")).where(exactly)]
    for beginning in beginnings:
        for written, key, spoken in ((form.form, form.word_id, form.language), (word.word, word.id, word.language)):
            begins = and_(spoken == language, written >= beginning, written < beginning + _LAST)
            found = sqlalchemy.select(written.label("form"), key.label("word_id")).where(begins)
            near = found.order_by(written).limit(_FORMS_LOOKED_AT).subquery().c
            length, first = func.min(func.length(near.form)), func.min(near.form)
            shortest = sqlalchemy.select(near.word_id, first.label("form")).group_by(near.word_id)
            chosen = shortest.order_by(length, first).limit(most).subquery().c
            asked.append(_asked(literal(beginning).label("asked"), 1, chosen.word_id, chosen.form))
    meant = union_all(*asked).subquery()
    c = meant.c
    return sqlalchemy.select(c.asked, c.is_beginning, c.word_id, c.form, _things(c.word_id))


def _asked(asked: Any, is_beginning: int, word_id: Any, form: Any) -> Any:
    return sqlalchemy.select(asked, literal(is_beginning).label("is_beginning"), word_id, form)


def _things(word_id: Any, *conditions: Condition) -> Any:
    one: Any = literal_column("1").label("one")
    some = (
        sqlalchemy.select(one)
        .select_from(_POSTINGS)
        .where(_POSTINGS.c.word_id == word_id, *conditions)
        .limit(MOST_HITS)
        .correlate(word_id.table)
    )
    return sqlalchemy.select(func.count()).select_from(some.subquery()).scalar_subquery()


def words_spelt(language: str, spellings: Sequence[str]) -> Tuples:
    """(form, its word's id, how many things have it, how many where it is PROMINENT) of what may have been meant by a
    mistyped word.
    """
    spelling, form = _SPELLINGS.c, _FORMS.c
    same = and_(form.language == spelling.language, form.form == spelling.form)
    found = sqlalchemy.select(form.form, form.word_id).select_from(_SPELLINGS.join(_FORMS, same))
    meant = found.where(spelling.language == language, among(spelling.spelling, spellings)).distinct()
    near = meant.order_by(form.form).limit(_MOST_LIKELY).subquery()
    # Every kind by name, so that a word of many descriptions is not gone through for its few titles.
    prominent = (_POSTINGS.c.kind.in_(map(int, Kind)), *in_parts(_POSTINGS.c, PROMINENT))
    word = near.c.word_id
    return sqlalchemy.select(near.c.form, word, _things(word), _things(word, *prominent))


def has_words(
    kind: Kind, language: str, needed: Sequence[Needed], parts: Part = EVERYWHERE, *, of_few: bool = False
) -> Condition:
    """Whether the enclosing statement's thing of a kind has words in one of the parts: for each of ``needed``, one of
    the words or one that begins so. ``of_few``: it is asked of few things, one after the other.
    """
    return and_(true(), *(_has_one(kind, _meant(language, *one), parts, of_few) for one in needed))


def _has_one(kind: Kind, words: Any, parts: Part, of_few: bool) -> Condition:
    row, key = _POSTINGS.c, table_of(ROWS[kind]).c.id
    here = (row.kind == int(kind), *in_parts(row, parts))
    if of_few:
        # A sum, so that the words of the thing are gone through, not the things of the words.
        return exists().where(row.owner_id == key, (row.word_id + 0).in_(words), *here).correlate(key.table)
    return key.in_(sqlalchemy.select(row.owner_id).where(row.word_id.in_(words), *here))


def _meant(language: str, words: Sequence[str], beginnings: Sequence[str]) -> Any:
    """The ids of words, and of those that begin so."""
    word, form = _WORDS.c, _FORMS.c
    meant = [sqlalchemy.select(word.id).where(word.language == language, among(word.word, words))]
    for beginning in beginnings:
        for written, key, spoken in ((form.form, form.word_id, form.language), (word.word, word.id, word.language)):
            begins = and_(spoken == language, written >= beginning, written < beginning + _LAST)
            meant.append(sqlalchemy.select(key).where(begins))
    return union(*meant)
