"""What we tell shoppers about their carts, in English and German."""

from db.catalog import VariantRow
from resolvers.languages import Bilingual

_STAND_IN = "Default Title"
NO_CART = Bilingual("The specified cart does not exist.", "Diesen Warenkorb gibt es nicht.")
NO_PLAN = Bilingual(
    "The merchandise is not sold under that selling plan.", "Die Ware wird nicht mit diesem Verkaufsplan verkauft."
)
NO_GIFT_CARDS = Bilingual("This shop takes no gift cards yet.", "Dieser Laden nimmt noch keine Gutscheinkarten an.")


def no_discount(code: str) -> Bilingual:
    return Bilingual(f"There is no discount code {code}.", f"Den Rabattcode {code} gibt es nicht.")


def no_gift_card(gid: str) -> Bilingual:
    return Bilingual(
        f"The gift card with id {gid} does not pay for this cart.",
        f"Die Gutscheinkarte mit der ID {gid} bezahlt diesen Warenkorb nicht.",
    )


def no_line(gid: str) -> Bilingual:
    return Bilingual(
        f"The merchandise line with id {gid} does not exist.", f"Den Posten mit der ID {gid} gibt es nicht."
    )


def no_merchandise(gid: str) -> Bilingual:
    return Bilingual(f"The merchandise with id {gid} does not exist.", f"Die Ware mit der ID {gid} gibt es nicht.")


def too_many_lines(most: int) -> Bilingual:
    return Bilingual(f"A cart holds at most {most} lines.", f"Ein Warenkorb fasst höchstens {most} Posten.")


def too_few(least: int) -> Bilingual:
    return Bilingual(f"The quantity must be at least {least}.", f"Die Menge muss mindestens {least} sein.")


def too_many(most: int) -> Bilingual:
    return Bilingual(f"The quantity must be at most {most}.", f"Die Menge darf höchstens {most} sein.")


def sold_from(variant: VariantRow, least: int) -> Bilingual:
    what = _named(variant)
    return Bilingual(f"{what.en} is sold from {least} pieces on.", f"{what.de} wird ab {least} Stück verkauft.")


def sold_in_steps(variant: VariantRow, step: int) -> Bilingual:
    what = _named(variant)
    return Bilingual(
        f"{what.en} is sold in steps of {step} pieces.", f"{what.de} wird in Schritten von {step} Stück verkauft."
    )


def sold_up_to(variant: VariantRow, most: int) -> Bilingual:
    what = _named(variant)
    return Bilingual(f"{what.en} is sold up to {most} pieces at once.", f"{what.de} wird bis {most} Stück verkauft.")


def sold_out(variant: VariantRow) -> Bilingual:
    what = _named(variant)
    return Bilingual(
        f"{what.en} was not put into the cart: it is sold out.",
        f"{what.de} kam nicht in den Warenkorb: Es ist nichts mehr davon da.",
    )


def all_taken(variant: VariantRow) -> Bilingual:
    what = _named(variant)
    return Bilingual(
        f"{what.en} was not put into the cart: no more of it is there than is in the cart already.",
        f"{what.de} kam nicht in den Warenkorb: Es ist nicht mehr davon da, als schon darin ist.",
    )


def cut_down(free: int, is_more: bool) -> Bilingual:
    pieces = (f"{free} more" if is_more else f"{free}") + (" piece is" if free == 1 else " pieces are")
    there = "Es ist" if free == 1 else "Es sind"
    return Bilingual(
        f"Only {pieces} there; the line was cut down to {free}.",
        f"{there} nur {'noch ' if is_more else ''}{free} Stück da; der Posten wurde auf {free} verringert.",
    )


def long_note(most: int) -> Bilingual:
    return Bilingual(f"A note has at most {most:,} characters.", f"Eine Notiz hat höchstens {_german(most)} Zeichen.")


def long_contact(most: int) -> Bilingual:
    return Bilingual(f"It has at most {most} characters.", f"Es sind höchstens {most} Zeichen.")


def long_code(most: int) -> Bilingual:
    return Bilingual(f"A code has at most {most} characters.", f"Ein Code hat höchstens {most} Zeichen.")


def many_attributes(most: int) -> Bilingual:
    return Bilingual(f"At most {most} attributes are kept.", f"Es werden höchstens {most} Angaben behalten.")


def long_attribute(key: int, value: int) -> Bilingual:
    return Bilingual(
        f"A key has 1 to {key} characters, a value at most {value:,}.",
        f"Ein Name hat 1 bis {key} Zeichen, ein Wert höchstens {_german(value)}.",
    )


def _named(variant: VariantRow) -> Bilingual:
    """A variant by its title; one that stands in for a product without options has none to show."""
    if variant.title == _STAND_IN:
        return Bilingual("The merchandise", "Die Ware")
    return Bilingual(variant.title, variant.title)


def _german(number: int) -> str:
    return f"{number:,}".replace(",", ".")
