"""Where a storefront's "checkout" leads: what is in the cart, and that the shop does not take payments online yet."""

import html
import re
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any, TypeAlias

from babel.numbers import format_currency
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.pages import frame

Ask: TypeAlias = Callable[[Request, str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Asks the schema a question with variables, as one whom that request reached; answers what a client would get."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
_CART = Template((Path(__file__).resolve().parent / "cart.html").read_text())
_QUESTION = """query CheckoutPage($id: ID!, $country: CountryCode) @inContext(country: $country) {
  shop { name brand { squareLogo { image { url(transform: { maxWidth: 72 }) } } } }
  cart(id: $id) {
    totalQuantity
    buyerIdentity { countryCode }
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


def cart_routes(ask: Ask) -> list[BaseRoute]:
    """`/cart/c/{token}`: private, kept by no cache and no search engine. Any other token is a 404."""

    async def cart(request: Request) -> Response:
        token = request.path_params["token"]
        if not _TOKEN.fullmatch(token):
            return _private(_missing())
        variables = {"id": f"gid://shopify/Cart/{token}"}
        answer = await ask(request, _QUESTION, variables)
        found = (answer.get("data") or {}).get("cart")
        country = found and found["buyerIdentity"]["countryCode"]
        if country:
            # What is offered differs by country: the cart is shown as in its own.
            answer = await ask(request, _QUESTION, {**variables, "country": country})
        return _private(_page(answer))

    return [Route("/cart/c/{token}", cart)]


def _private(page: Response) -> Response:
    page.headers["Cache-Control"] = "private, no-store"
    page.headers["X-Robots-Tag"] = "noindex"
    return page


def _page(answer: Mapping[str, Any]) -> Response:
    if answer.get("errors"):
        body = _notice("The cart cannot be shown", "The shop's data does not answer. Please try again in a moment.")
        return frame("The cart cannot be shown", body, status=503)
    shop, brand = answer["data"]["shop"]["name"], answer["data"]["shop"]["brand"]
    cart = answer["data"]["cart"]
    if cart is None:
        return _missing()
    pieces = cart["totalQuantity"]
    body = _CART.substitute(
        shop=html.escape(shop),
        lines=_lines(cart["lines"]),
        pieces=f"{pieces:,} piece" if pieces == 1 else f"{pieces:,} pieces",
        total=_money(cart["cost"]["totalAmount"]),
    )
    return frame(f"Your cart · {shop}", body, owner=shop, mark=_mark(brand), pictures="https:")


def _mark(brand: Mapping[str, Any] | None) -> str:
    image = brand and brand["squareLogo"] and brand["squareLogo"]["image"]
    return f'<img src="{html.escape(image["url"])}" alt="">' if image else ""


def _missing() -> Response:
    body = _notice("There is no such cart", "Please go back to the shop, and open its cart once more.")
    return frame("There is no such cart", body, status=404)


def _notice(title: str, text: str) -> str:
    return f'<section class="opening"><h1>{title}</h1><p class="lead">{text}</p></section>'


def _lines(lines: Mapping[str, Any]) -> str:
    if not lines["nodes"]:
        return '<p class="lead">There is nothing in it.</p>'
    more = "<li><span></span><p>and more</p></li>" if lines["pageInfo"]["hasNextPage"] else ""
    return f'<ul class="lines">{"".join(map(_line, lines["nodes"]))}{more}</ul>'


def _line(line: Mapping[str, Any]) -> str:
    goods, cost = line["merchandise"], line["cost"]
    image = goods["image"]
    picture = '<span class="blank"></span>'
    if image:
        alt = html.escape(image["altText"] or "")
        picture = f'<img src="{html.escape(image["url"])}" alt="{alt}" width="72" height="72">'
    notes = "".join(
        f"<p>{html.escape(note['key'])}: {html.escape(note['value'] or '')}</p>" for note in line["attributes"]
    )
    # A product without options has one variant, which has this name and no other.
    variant = "" if goods["title"] == "Default Title" else f"{html.escape(goods['title'])} · "
    return (
        f"<li>{picture}<div><h2>{html.escape(goods['product']['title'])}</h2>"
        f"<p>{variant}{line['quantity']:,} &times; {_money(cost['amountPerQuantity'])}</p>{notes}</div>"
        f"<strong>{_money(cost['totalAmount'])}</strong></li>"
    )


def _money(money: Mapping[str, str]) -> str:
    return html.escape(format_currency(Decimal(money["amount"]), money["currencyCode"], locale="en"))
