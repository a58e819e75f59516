"""Carts: reading them, changing them, and watching them change."""
