"""Every table, for migrations: importing this module fills the metadata."""

import db.cart
import db.catalog
import db.content
import db.events
import db.exchange
import db.inventory
import db.pricing
import db.reviews
import db.search
import db.shop
import db.translations  # noqa: F401 - imported for their tables
from db.base import Row

metadata = Row.metadata
