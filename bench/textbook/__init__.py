"""The server to compare with: the same slice of the schema, as the libraries' own documentation would write it.

Strawberry types made from SQLModel objects, one ``AsyncSession`` per loader batch and per mutation, aiodataloader's
loaders fresh for each request, ``strawberry.asgi.GraphQL`` on uvicorn. It reads the tables that Storekeep wrote,
through classes of its own that name only the columns it needs, and shares no code with Storekeep. It does less than
Storekeep does: no limits, no masking, no markets but the primary one, no outbox, no request id and no metrics.
"""
