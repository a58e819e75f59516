"""The floor: how fast Starlette answers when there is next to nothing to do.

A constant for the tiny question, or one statement for it; for the others one statement whose rows are JSON already; and
bodies that it was given before, as long as those of a cached answer. No GraphQL is parsed: the path says which question
is asked.
"""
