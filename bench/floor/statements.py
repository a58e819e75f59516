# ruff: noqa: S608 - nothing here comes from anybody else
"""One statement a question; each answers the whole body."""

_MONEY = """json_build_object('amount', to_char({0} / 100.0, 'FM999999999990.09'), 'currencyCode', m.currency_code)"""
_PRIMARY = "CROSS JOIN (SELECT id, currency_code FROM markets WHERE is_primary) m"
_VISIBLE = "status = 'active' AND published_at <= now()"

_RANGE = f"""(
  SELECT json_build_object('minVariantPrice', {_MONEY.format("r.minimum")},
                           'maxVariantPrice', {_MONEY.format("r.maximum")})
    FROM product_prices r {_PRIMARY} WHERE r.product_id = p.id AND r.market_id = m.id)"""

_RATING = """(
  SELECT json_build_object('average', round(avg(rating), 2), 'count', count(*))
    FROM reviews WHERE product_id = p.id AND status = 'published')"""


def _images(fields: str, limit: int) -> str:
    """The first images of the product ``p``, as a JSON list."""
    return f"""(SELECT coalesce(json_agg(row_to_json(i)), '[]') FROM (
      SELECT {fields} FROM media WHERE product_id = p.id AND kind = 'IMAGE' ORDER BY position, id LIMIT {limit}) i)"""


def _variants(fields: str, limit: int) -> str:
    """The first variants of the product ``p``, as a JSON list."""
    return f"""(SELECT coalesce(json_agg(row_to_json(i)), '[]') FROM (
      SELECT 'gid://shopify/ProductVariant/' || v.id AS id, v.title, {fields}
        FROM variants v {_PRIMARY} JOIN variant_prices r ON r.variant_id = v.id AND r.market_id = m.id
       WHERE v.product_id = p.id ORDER BY v.position, v.id LIMIT {limit}) i)"""


def _page(fields: str) -> str:
    """A body for so many products ($2) after one ($1)."""
    return f"""
SELECT format('{{"data":{{"products":{{"nodes":%s,"pageInfo":{{"hasNextPage":%s,"endCursor":%s}}}}}}}}',
              coalesce(json_agg(node ORDER BY key) FILTER (WHERE place <= $2), '[]'),
              (count(*) > $2)::text,
              coalesce(to_json(encode(max(key) FILTER (WHERE place <= $2)::text::bytea, 'base64'))::text, 'null'))
  FROM (SELECT key, place, CASE WHEN place <= $2 THEN row_to_json(n) END AS node
          FROM (SELECT id, handle, title, vendor, row_number() OVER (ORDER BY id) AS place, id AS key
                  FROM products WHERE id > $1 AND {_VISIBLE} ORDER BY id LIMIT $2 + 1) p
          CROSS JOIN LATERAL (SELECT 'gid://shopify/Product/' || p.id AS id, p.handle, p.title, {fields}) n) page"""


_IMAGE = 'source AS url, alt AS "altText", width, height'
_PRICE = f"{_MONEY.format('r.amount')} AS price"
_COMPARED = f"""{_PRICE}, CASE WHEN r.compare_at_amount IS NOT NULL
    THEN {_MONEY.format("r.compare_at_amount")} END AS "compareAtPrice\""""
_FREE = """inventory_tracker IS NULL OR inventory_policy = 'continue' OR
    (SELECT sum(on_hand - reserved) > 0 FROM inventory_levels l WHERE l.variant_id = v.id)"""

LISTING = _page(
    f"""p.vendor, {_RANGE} AS "priceRange", {_images(_IMAGE, 1)} -> 0 AS "featuredImage",
    json_build_object('nodes', {_variants(_PRICE, 3)}) AS variants, {_RATING} AS rating"""
)

LARGE = _page(
    f"""json_build_object('nodes', {_variants(_PRICE, 3)}) AS variants,
    json_build_object('nodes', {_images('source AS url, alt AS "altText"', 2)}) AS images"""
)

TINY = """SELECT '{"data":{"shop":' || json_build_object('name', name) || '}}' FROM shops"""

DETAIL = f"""
SELECT '{{"data":{{"product":' || row_to_json(product) || '}}}}' FROM (
  SELECT 'gid://shopify/Product/' || p.id AS id, handle, title, vendor, product_type AS "productType",
         description_html AS "descriptionHtml", {_RANGE} AS "priceRange",
         json_build_object('nodes', {_images(_IMAGE, 20)}) AS images,
         json_build_object('nodes', {_variants(f'v.sku, {_FREE} AS "availableForSale", {_COMPARED}', 100)}) AS variants,
         {_RATING} AS rating,
         json_build_object('nodes', (SELECT coalesce(json_agg(row_to_json(i)), '[]') FROM (
           SELECT 'gid://shopify/Review/' || id AS id, rating, title, body, author,
                  to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "createdAt"
             FROM reviews WHERE product_id = p.id AND status = 'published'
            ORDER BY created_at DESC, id DESC LIMIT 10) i)) AS reviews
    FROM products p WHERE handle = $1 AND {_VISIBLE}) product"""
