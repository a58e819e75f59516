"""The documents that the operator trusts, as the settings name them, and the limits that every document has to keep."""

from app.graphql import Limits
from app.graphql.documents import Documents
from app.graphql.persisted import ManifestError, TrustedDocuments, prepare_trusted, read_manifests
from app.settings import Settings
from schema import schema


def operation_limits(settings: Settings) -> Limits:
    """What one operation may ask for."""
    return Limits(depth=settings.max_depth, cost=settings.max_cost)


def trusted_documents(settings: Settings) -> TrustedDocuments:
    """Those of the manifests, each valid for our schema. Raises ManifestError that names every one that is not."""
    place = settings.trusted_documents
    if place is None:
        return TrustedDocuments()
    entries = read_manifests(place)
    if settings.trusted_documents_only and not entries:
        raise ManifestError([f"{place}: it holds no document, and no others would be answered."])
    # Whoever reads of a fault here is no stranger, and may be told what was meant.
    documents = Documents(
        schema._schema, operation_limits(settings), introspection=not settings.production, suggestions=True
    )
    return prepare_trusted(entries, documents)
