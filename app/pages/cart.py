"""Where a storefront's "checkout" leads: what is in the cart, and that the shop does not take payments online yet."""

import html
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any, TypeAlias

from babel.numbers import format_currency, format_decimal
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.pages import frame
from app.pages.wording import Wording, wording_in
from resolvers.languages import LanguageError, language_code, locale_of

Ask: TypeAlias = Callable[[Request, str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Asks the schema a question with variables, as one whom that request reached; answers what a client would get."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CART = Template((Path(__file__).resolve().parent / "cart.html").read_text())
_WHOSE = """query WhoseCart($id: ID!) { cart(id: $id) { buyerIdentity { countryCode } }
  localization { availableLanguages { isoCode } } }"""
_QUESTION = """query CheckoutPage($id: ID!, $country: CountryCode, $language: LanguageCode)
  @inContext(country: $country, language: $language) {
  shop { name primaryDomain { host url } brand { squareLogo { image { url(transform: { maxWidth: 72 }) } } } }
  localization { language { isoCode } }
  cart(id: $id) {
    totalQuantity
    note
    attributes { key value }
    cost { totalAmount { amount currencyCode } }
    lines(first: 250) {
      pageInfo { hasNextPage }
      nodes {
        quantity
        attributes { key value }
        cost { totalAmount { amount currencyCode } amountPerQuantity { amount currencyCode } }
        merchandise { ... on ProductVariant {
          title
          image { url(transform: { maxWidth: 144, maxHeight: 144, crop: CENTER }) altText }
          product { title }
        } }
      }
    }
  }
}"""
_NOWHERE = "localhost"
"""The domain of a shop that has not said where it is."""


def cart_routes(ask: Ask) -> list[BaseRoute]:
    """`/cart/c/{token}`: private, kept by no cache and no search engine. Any other token is a 404.

    It speaks the language that the address names as ``locale``, which is the storefront's; else that of the cart's
    country, and of the browser for a cart without one.
    """

    async def cart(request: Request) -> Response:
        token = request.path_params["token"]
        named, preferred = _named(request), _preferred(request)
        spoken = wording_in([named] if named else preferred)
        if not _TOKEN.fullmatch(token):
            return _private(_missing(spoken))
        variables = {"id": f"gid://shopify/Cart/{token}"}
        found = await ask(request, _WHOSE, variables)
        if found.get("errors"):
            return _private(_broken(spoken))
        if found["data"]["cart"] is None:
            return _private(_missing(spoken))
        # What is offered differs by country: the cart is shown as in its own.
        country = found["data"]["cart"]["buyerIdentity"]["countryCode"]
        known = {language["isoCode"] for language in found["data"]["localization"]["availableLanguages"]}
        language = named or (None if country else next((code for code in preferred if code in known), None))
        answer = await ask(request, _QUESTION, {**variables, "country": country, "language": language})
        return _private(_page(answer, spoken))

    return [Route("/cart/c/{token}", cart)]


def _named(request: Request) -> str | None:
    return next(_codes([request.query_params.get("locale", "")]), None)


def _preferred(request: Request) -> list[str]:
    """The browser's languages, best first."""
    weighed = []
    for part in request.headers.get("accept-language", "").replace(" ", "").split(",")[:20]:
        language, _, weight = part.partition(";q=")
        found = re.fullmatch(r"0(?:\.\d{1,3})?", weight)
        weighed.append((-float(found[0]) if found else -1.0, language))
    return list(_codes(language for weight, language in sorted(weighed, key=lambda pair: pair[0]) if weight))


def _codes(languages: Iterable[str]) -> Iterator[str]:
    """Codes of the API; a region that it does not tell apart is left out, and so is what names no language."""
    for language in languages:
        for text in (language, language.partition("-")[0]):
            try:
                yield language_code(text)
                break
            except LanguageError:
                continue


def _private(page: Response) -> Response:
    page.headers["Cache-Control"] = "private, no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page


@dataclass(frozen=True, slots=True)
class _Voice:
    """How the page says things; ``language`` is what amounts and numbers are written as in."""

    words: Wording
    language: str

    def money(self, money: Mapping[str, str]) -> str:
        amount = Decimal(money["amount"])
        return html.escape(format_currency(amount, money["currencyCode"], locale=locale_of(self.language)))

    def number(self, number: int) -> str:
        return html.escape(format_decimal(number, locale=locale_of(self.language)))


def _page(answer: Mapping[str, Any], spoken: Wording) -> Response:
    if answer.get("errors"):
        return _broken(spoken)
    shop, cart = answer["data"]["shop"], answer["data"]["cart"]
    if cart is None:
        return _missing(spoken)
    language = answer["data"]["localization"]["language"]["isoCode"]
    voice = _Voice(wording_in([language]), language)
    words, pieces = voice.words, cart["totalQuantity"]
    counted = (words.one_piece if pieces == 1 else words.pieces).format(number=voice.number(pieces))
    body = _CART.substitute(
        title=html.escape(words.title),
        lead=html.escape(words.lead.format(shop=shop["name"])),
        lines=_lines(cart["lines"], voice),
        said=_said(cart, words),
        pieces=html.escape(words.total).format(pieces=counted),
        total=voice.money(cart["cost"]["totalAmount"]),
        back=_back(shop, words),
    )
    title = f"{words.title} · {shop['name']}"
    return frame(
        title, body, owner=shop["name"], mark=_mark(shop["brand"]), pictures="https:", language=words.language,
        footer=words.footer,
    )  # fmt: skip


def _mark(brand: Mapping[str, Any] | None) -> str:
    image = brand and brand["squareLogo"] and brand["squareLogo"]["image"]
    return f'<img src="{html.escape(image["url"])}" alt="">' if image else ""


def _back(shop: Mapping[str, Any], words: Wording) -> str:
    """The way to the shop; nothing where it has not said where it is."""
    domain = shop["primaryDomain"]
    if domain["host"].partition(":")[0] == _NOWHERE:
        return ""
    text = html.escape(words.back.format(shop=shop["name"]))
    return f'<p class="back"><a class="button" href="{html.escape(domain["url"])}">{text}</a></p>'


def _missing(words: Wording) -> Response:
    return _notice(words.missing, words.missing_lead, words, 404)


def _broken(words: Wording) -> Response:
    return _notice(words.broken, words.broken_lead, words, 503)


def _notice(title: str, text: str, words: Wording, status: int) -> Response:
    body = f'<section class="opening"><h1>{html.escape(title)}</h1><p class="lead">{html.escape(text)}</p></section>'
    return frame(title, body, status=status, language=words.language, footer=words.footer)


def _said(cart: Mapping[str, Any], words: Wording) -> str:
    """The note and the attributes of the cart; nothing where it has neither."""
    note, attributes = cart["note"], cart["attributes"]
    told = [f'<h2>{html.escape(words.note)}</h2><p class="note">{html.escape(note)}</p>'] if note else []
    if attributes:
        told.append(f"<h2>{html.escape(words.details)}</h2>{_pairs(attributes)}")
    return f'<section class="card said">{"".join(told)}</section>' if told else ""


def _pairs(attributes: Iterable[Mapping[str, Any]]) -> str:
    return "".join(f"<p>{html.escape(one['key'])}: {html.escape(one['value'] or '')}</p>" for one in attributes)


def _lines(lines: Mapping[str, Any], voice: _Voice) -> str:
    if not lines["nodes"]:
        return f'<p class="lead">{html.escape(voice.words.empty)}</p>'
    more = f"<li><span></span><p>{html.escape(voice.words.more)}</p></li>" if lines["pageInfo"]["hasNextPage"] else ""
    return f'<ul class="lines">{"".join(_line(line, voice) for line in lines["nodes"])}{more}</ul>'


def _line(line: Mapping[str, Any], voice: _Voice) -> str:
    goods, cost = line["merchandise"], line["cost"]
    image = goods["image"]
    picture = '<span class="blank"></span>'
    if image:
        alt = html.escape(image["altText"] or "")
        picture = f'<img src="{html.escape(image["url"])}" alt="{alt}" width="72" height="72">'
    # A product without options has one variant, which has this name and no other.
    variant = "" if goods["title"] == "Default Title" else f"{html.escape(goods['title'])} · "
    return (
        f"<li>{picture}<div><h2>{html.escape(goods['product']['title'])}</h2>"
        f"<p>{variant}{voice.number(line['quantity'])} &times; {voice.money(cost['amountPerQuantity'])}</p>"
        f"{_pairs(line['attributes'])}</div><strong>{voice.money(cost['totalAmount'])}</strong></li>"
    )
