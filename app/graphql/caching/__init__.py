"""Answers that may be shared: which, for how long, and kept where."""
