"""From what a file says and what stands to what is wanted: pure rules.

Whatever can be recognised keeps its id: options by their place, values by their name, variants by their option values
or else by their SKU, pictures by their source. So carts and links survive another import of the same product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from db.catalog.media import MediaKind
from resolvers.exchange.cells import same_word
from resolvers.exchange.columns import MetafieldKey
from resolvers.exchange.drafts import (
    DEFAULT_OPTION,
    DEFAULT_VALUE,
    KEEP,
    PictureDraft,
    ProductDraft,
    Reference,
    Said,
    VariantDraft,
)
from resolvers.exchange.fields import NEW_PRODUCT, NEW_VARIANT
from resolvers.exchange.links import Links
from resolvers.exchange.report import Finding
from resolvers.exchange.rules import collections_of
from resolvers.exchange.setting import Setting
from resolvers.exchange.states import NEW, Medium, Metafields, Option, Price, Product, Range, Value, Variant


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A metafield that names something not there yet. ``variant``: a variant's option values, None for the product."""

    key: MetafieldKey
    reference: Reference
    variant: tuple[str, ...] | None


@dataclass
class Wanted:
    """What a product shall be; with findings that refuse it, it is not to be used."""

    product: Product
    findings: list[Finding] = field(default_factory=list)
    unlinked: list[Unlinked] = field(default_factory=list)


def merge(draft: ProductDraft, standing: Product | None, setting: Setting, links: Links, now: datetime) -> Wanted:
    """The product as the draft wants it. ``now`` is when a product that becomes visible was published."""
    product = standing.copied() if standing else Product(draft.handle, dict(NEW_PRODUCT))
    wanted = Wanted(product)
    _merge_head(draft, product, standing, now, wanted.findings)
    _merge_pictures(draft, product)
    if draft.variants:
        _merge_variants(draft, product, setting, wanted.findings)
    elif not standing:
        wanted.findings.append(Finding(draft.line, "Variant Price", draft.handle, "no row describes a variant"))
    if any(finding.refused for finding in wanted.findings):
        return wanted
    product.metafields = _metafields(draft.metafields, product.metafields, links, None, wanted.unlinked)
    for variant, said in zip(product.variants, _said_by(draft, product), strict=True):
        variant.metafields = _metafields(said, variant.metafields, links, variant.options, wanted.unlinked)
    complete(product, setting, draft.included)
    return wanted


def complete(product: Product, setting: Setting, included: Mapping[int, bool] | None = None) -> None:
    """Work out what follows from the rest: converted prices, ranges, swatches, the collections whose rules are met."""
    for option in product.options:
        for value in option.values:
            if swatch := setting.swatch(option.name, value.name):
                value.swatch_color, value.swatch_media_id = swatch.color, swatch.media_id
    for variant in product.variants:
        _convert(variant, setting)
    product.ranges = {
        market.id: _range(product, market.id, included or {}) for market in setting.markets if product.variants
    }
    product.collections = collections_of(product, setting)


def _merge_head(
    draft: ProductDraft, product: Product, standing: Product | None, now: datetime, findings: list[Finding]
) -> None:
    product.values |= draft.values
    if "title" not in product.values:
        findings.append(
            Finding(draft.line, "Title", draft.handle, "is empty, and there is no product of this handle yet")
        )
    if draft.published is False:
        product.values["published_at"] = None
    elif draft.published is True or not standing:
        product.values["published_at"] = product.values["published_at"] or now
    if draft.category is not KEEP:
        product.category = draft.category
    if draft.tags is not KEEP:
        product.tags = draft.tags


def _merge_pictures(draft: ProductDraft, product: Product) -> None:
    """Wanted pictures in the draft's order, and those that variants show; other media stay."""
    standing = {medium.source: medium for medium in product.pictures}
    pictures = product.pictures if draft.pictures is KEEP else _pictures(draft.pictures, product.pictures)
    shown = {picture.source for picture in pictures}
    for variant in draft.variants:
        if variant.picture not in (None, KEEP) and variant.picture.source not in shown:
            shown.add(variant.picture.source)
            known = standing.get(variant.picture.source)
            pictures.append(
                known
                or Medium(
                    variant.picture.source,
                    max((picture.position for picture in pictures), default=0) + 1,
                    width=variant.picture.width,
                    height=variant.picture.height,
                )
            )
    others = [medium for medium in product.media if medium.kind != MediaKind.IMAGE]
    product.media = sorted([*pictures, *others], key=lambda medium: (medium.position, medium.id or 2**62))
    sources = {picture.source for picture in pictures}
    for known_variant in product.variants:
        if known_variant.picture not in sources:
            known_variant.picture = None


def _pictures(drafts: list[PictureDraft], standing: list[Medium]) -> list[Medium]:
    """Positions are the drafts' when they are all different. Where one cannot be had, the standing one stays."""
    by_source = {medium.source: medium for medium in standing}
    by_position = {medium.position: medium for medium in standing}
    named = {said.picture.source for said in drafts if said.picture}
    given = [said.position for said in drafts]
    exact = None not in given and len(set(given)) == len(given)
    found = []
    for number, said in enumerate(sorted(drafts, key=lambda said: said.position or 2**31), 1):
        position = said.position if exact and said.position else number
        if said.picture is None:
            kept = by_position.get(position)
            if kept and kept.source not in named:
                found.append(kept)
            continue
        known = by_source.get(said.picture.source) or Medium(said.picture.source, position)
        found.append(
            replace(
                known,
                position=position,
                alt=known.alt if said.alt is KEEP else said.alt,
                width=said.picture.width or known.width,
                height=said.picture.height or known.height,
            )
        )
    return found


def _merge_variants(draft: ProductDraft, product: Product, setting: Setting, findings: list[Finding]) -> None:
    if draft.options is None:
        matched = _matched_without_options(draft, product, findings)
    else:
        matched = _matched(draft, product, draft.options)
        product.options = _options(draft, product, draft.options)
    if any(finding.refused for finding in findings):
        return
    merged = [
        _variant(said, standing, number, draft, setting, findings)
        for number, (said, standing) in enumerate(zip(draft.variants, matched, strict=True), 1)
    ]
    if draft.options is None and product.variants:
        renewed = {variant.id: variant for variant in merged}
        product.variants = [renewed.get(variant.id, variant) for variant in product.variants]
    else:
        product.options = product.options or [Option(DEFAULT_OPTION, None, [Value(DEFAULT_VALUE)])]
        product.variants = merged


def _matched_without_options(draft: ProductDraft, product: Product, findings: list[Finding]) -> list[Variant | None]:
    """The standing variant of each row, by SKU; the only row may be the only variant."""
    if len(draft.variants) == 1 and len(product.variants) <= 1:
        draft.variants[0].options = product.variants[0].options if product.variants else (DEFAULT_VALUE,)
        return [product.variants[0] if product.variants else None]
    by_sku: dict[str, list[Variant]] = {}
    for variant in product.variants:
        by_sku.setdefault(variant.values["sku"] or "", []).append(variant)
    matched: list[Variant | None] = []
    for said in draft.variants:
        sku = said.values.get("sku") or ""
        found = by_sku.pop(sku, []) if sku else []
        if len(found) != 1:
            which = "several variants" if found else "no variant"
            reason = f"{sku!r} names {which} of the product, and the file has no options"
            findings.append(Finding(said.line, "Variant SKU", draft.handle, reason))
        else:
            said.options = found[0].options
        matched.append(found[0] if found else None)
    return matched


def _matched(draft: ProductDraft, product: Product, options: list[tuple[str, Any]]) -> list[Variant | None]:
    """The standing variant of each row: the same named values, else the same values in order, else the same SKU."""
    left = list(product.variants)
    matched: list[Variant | None] = [None] * len(draft.variants)
    names = [same_word(option.name) for option in product.options]
    wanted_names = [same_word(name) for name, _ in options]
    keys = (
        (
            lambda v: frozenset(zip(names, map(same_word, v.options), strict=True)),
            lambda d: frozenset(zip(wanted_names, map(same_word, d.options), strict=True)),
        ),
        (lambda v: tuple(map(same_word, v.options)), lambda d: tuple(map(same_word, d.options))),
        (lambda v: v.values["sku"] or None, lambda d: d.values.get("sku") or None),
    )
    for of_standing, of_draft in keys:
        known: dict[Any, list[Variant]] = {}
        for variant in left:
            known.setdefault(of_standing(variant), []).append(variant)
        for at, said in enumerate(draft.variants):
            key = of_draft(said)
            if matched[at] is None and key is not None and known.get(key):
                matched[at] = known[key].pop(0)
        taken = {id(variant) for variant in matched}
        left = [variant for variant in left if id(variant) not in taken]
        if not left:
            break
    return matched


def _options(draft: ProductDraft, product: Product, options: list[tuple[str, Any]]) -> list[Option]:
    """The options in the draft's order, with the values that its variants have."""
    found = []
    for at, (name, linked_to) in enumerate(options):
        old = product.options[at] if at < len(product.options) else None
        known = {same_word(value.name): value for value in old.values} if old else {}
        values: dict[str, Value] = {}
        for said in draft.variants:
            word = same_word(said.options[at])
            if word not in values:
                values[word] = replace(known[word], name=said.options[at]) if word in known else Value(said.options[at])
        link = (old.linked_to if old else None) if linked_to is KEEP else linked_to
        found.append(Option(name, link, list(values.values()), old.id if old else NEW))
    return found


def _variant(
    said: VariantDraft,
    standing: Variant | None,
    number: int,
    draft: ProductDraft,
    setting: Setting,
    findings: list[Finding],
) -> Variant:
    variant = standing.copied() if standing else Variant(said.options, number, dict(NEW_VARIANT))
    variant.options = said.options
    if draft.options is not None:
        variant.position = number
    variant.values |= said.values
    if said.picture is not KEEP:
        variant.picture = said.picture.source if said.picture else None
    primary = setting.primary.id
    old = variant.prices.get(primary)
    amount = said.price if said.price is not None else old.amount if old else None
    if amount is None:
        findings.append(Finding(said.line, "Variant Price", draft.handle, "is missing for a new variant"))
        return variant
    compare_at = (old.compare_at if old else None) if said.compare_at is KEEP else said.compare_at
    variant.prices[primary] = Price(amount, compare_at, is_fixed=True)
    for market, price in said.fixed.items():
        variant.prices.pop(market, None)
        if price:
            variant.prices[market] = price
    _stock(variant, said.quantity, setting.first_location.id)
    return variant


def _stock(variant: Variant, quantity: int | None, first: int) -> None:
    """Bring the stock over all locations to ``quantity``; what is more or less is so at the first location."""
    if quantity is None and variant.values["inventory_tracker"] and not variant.levels:
        quantity = 0
    if quantity is not None and quantity != variant.stock:
        variant.levels[first] = variant.levels.get(first, 0) + quantity - (variant.stock or 0)


def _convert(variant: Variant, setting: Setting) -> None:
    """Prices that nobody fixed follow the primary market's."""
    base = variant.prices[setting.primary.id]
    for market in setting.markets:
        key = market.id
        if not market.is_primary and not (key in variant.prices and variant.prices[key].is_fixed):
            compare_at = None if base.compare_at is None else setting.converted(base.compare_at, market)
            variant.prices[key] = Price(setting.converted(base.amount, market), compare_at, is_fixed=False)


def _range(product: Product, market: int, included: Mapping[int, bool]) -> Range:
    prices = [variant.prices[market] for variant in product.variants]
    amounts = [price.amount for price in prices]
    compared = [price.compare_at for price in prices if price.compare_at is not None]
    old = product.ranges.get(market)
    is_included = included.get(market, old.is_included if old else True)
    return Range(min(amounts), max(amounts), min(compared, default=0), max(compared, default=0), is_included)


def _said_by(draft: ProductDraft, product: Product) -> list[dict[MetafieldKey, Said]]:
    said = {variant.options: variant.metafields for variant in draft.variants}
    return [said.get(variant.options, {}) for variant in product.variants]


def _metafields(
    said: dict[MetafieldKey, Said],
    standing: Metafields,
    links: Links,
    variant: tuple[str, ...] | None,
    unlinked: list[Unlinked],
) -> Metafields:
    """The metafields after what the cells say. One that cannot be linked yet stays what it was."""
    found = dict(standing)
    for key, value in said.items():
        if isinstance(value, Reference):
            linked = links.linked(value)
            if linked is None:
                unlinked.append(Unlinked(key, value, variant))
                continue
            value = linked
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found
