"""Documents that clients name instead of sending them: those that strangers register, and those of our own clients."""

from app.graphql.persisted.finding import DocumentFinder
from app.graphql.persisted.manifests import ManifestEntry, ManifestError, read_manifests
from app.graphql.persisted.registered import RegisteredTexts
from app.graphql.persisted.trusted import TrustedDocuments, prepare_trusted

__all__ = [
    "DocumentFinder",
    "ManifestEntry",
    "ManifestError",
    "RegisteredTexts",
    "TrustedDocuments",
    "prepare_trusted",
    "read_manifests",
]
