"""Files that pages show: kept by content, and served at the size and in the format that a page asks for."""

from app.media.serving import MediaLimits, media_routes
from app.media.store import FileMediaStore

__all__ = ["FileMediaStore", "MediaLimits", "media_routes"]
