"""What the pages for shoppers say, language by language; English where we do not speak theirs."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """One language's texts. Those with braces take what is named in them; none of them is HTML."""

    language: str
    title: str
    lead: str
    empty: str
    more: str
    total: str
    one_piece: str
    pieces: str
    note: str
    details: str
    back: str
    missing: str
    missing_lead: str
    broken: str
    broken_lead: str
    footer: str


ENGLISH = Wording(
    language="en",
    title="Your cart",
    lead="{shop} does not take payments online yet, so nothing has been ordered or charged; your cart is kept as it"
    " is.",
    empty="There is nothing in it.",
    more="and more",
    total="Total, {pieces}",
    one_piece="{number} piece",
    pieces="{number} pieces",
    note="Your note",
    details="Details",
    back="Back to {shop}",
    missing="There is no such cart",
    missing_lead="Please go back to the shop, and open its cart once more.",
    broken="The cart cannot be shown",
    broken_lead="The shop's data does not answer. Please try again in a moment.",
    footer="Storekeep is an independent project, not affiliated with or endorsed by Shopify Inc.; Shopify is its"
    " trademark, named only to say what Storekeep is compatible with.",
)
GERMAN = Wording(
    language="de",
    title="Ihr Warenkorb",
    lead="{shop} nimmt noch keine Zahlungen im Netz an: Es ist nichts bestellt und nichts abgebucht, und Ihr Warenkorb"
    " bleibt, wie er ist.",
    empty="Es ist nichts darin.",
    more="und weitere",
    total="Summe, {pieces}",
    one_piece="{number} Stück",
    pieces="{number} Stück",
    note="Ihre Nachricht",
    details="Angaben",
    back="Zurück zu {shop}",
    missing="Diesen Warenkorb gibt es nicht",
    missing_lead="Bitte gehen Sie zurück zum Laden, und öffnen Sie den Warenkorb dort noch einmal.",
    broken="Der Warenkorb lässt sich nicht zeigen",
    broken_lead="Die Daten des Ladens antworten nicht. Bitte versuchen Sie es gleich noch einmal.",
    footer="Storekeep ist ein unabhängiges Projekt, mit der Shopify Inc. weder verbunden noch von ihr empfohlen;"
    " Shopify ist deren Marke und nur genannt, um zu sagen, womit Storekeep zusammenarbeitet.",
)
_SPOKEN = {wording.language: wording for wording in (ENGLISH, GERMAN)}


def wording_in(languages: Iterable[str]) -> Wording:
    """The texts in the first of some languages (``DE``, ``pt-BR``) that we speak, in any region; else in English."""
    bases = (language.replace("_", "-").partition("-")[0].lower() for language in languages)
    return next((_SPOKEN[base] for base in bases if base in _SPOKEN), ENGLISH)
