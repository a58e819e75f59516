"""Carts: what they hold and cost, how they change, and watching them change."""
