"""What the help of each command says about how it ends. It loads nothing, as help shall not wait."""


def codes(one: str, *, two: str = "") -> str:
    """The sentence; ``two`` is what else ends with 2."""
    return f"Exit codes: 0 when all is well, 1 when {one}, 2 for wrong settings or words{two}, 130 when interrupted."


SERVE = (
    "Exit codes: 0 after an orderly shutdown, 1 when the database, the certificate, a document or a folder cannot be "
    "used, 2 for wrong settings or words, 3 when the address cannot be listened on, 130 when interrupted before it "
    "serves."
)
IMPORT = codes(
    "something was refused, or the database cannot be used",
    two=", when nothing can be read, or when the database is not up to date",
)
EXPORT = codes(
    "something is missing from what was written, or the database cannot be used",
    two=", when there is nothing to export or no place for it, or when the database is not up to date",
)
