"""The explorer: GraphiQL on our own host, built once and served from `dist/`.

`python -m app.explorer.build` builds it, `app.explorer.routes.explorer_routes` serves it. Nothing is imported here, so
that the build starts at once.
"""
