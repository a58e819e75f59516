"""Illustrations of the demo shop: a small vector toolkit and one drawing per kind of thing."""
