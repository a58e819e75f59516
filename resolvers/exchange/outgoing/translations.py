"""`translations/*.csv`: what the shop wrote, in its other languages."""

from resolvers.exchange.outgoing.staging import Outgoing
from resolvers.exchange.translations import FOLDER, export_translations


async def write_translations(out: Outgoing) -> None:
    """Write a file for each language."""
    await export_translations(out.database, out.place / FOLDER)
    for path in sorted((out.place / FOLDER).glob("*.csv")):
        out.names[f"{FOLDER}/{path.name}"] = None
