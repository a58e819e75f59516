// Reads of the catalogue, each one statement for all the keys that it is given. Keys are those of the tables, as text.
import { statement } from "./database.mjs"
import { cursorOf, gid, keyAt, money, time } from "./values.mjs"

const PRODUCT = "id, handle, title, description_html, vendor, product_type"
const VISIBLE = "status = 'active' AND published_at <= now()"

const shops = statement("shop", "SELECT name FROM shops")
const byHandle = statement("product", `SELECT ${PRODUCT} FROM products WHERE handle = $1 AND ${VISIBLE}`)
const page = statement("products", `SELECT ${PRODUCT} FROM products WHERE id > $1 AND ${VISIBLE} ORDER BY id LIMIT $2`)
const ranges = statement(
  "price_ranges",
  `SELECT product_id, minimum, maximum, currency_code
     FROM product_prices JOIN markets ON markets.id = market_id
    WHERE is_primary AND product_id = ANY($1::bigint[])`,
)
const images = statement(
  "images",
  `SELECT product_id, source, alt, width, height FROM media
    WHERE product_id = ANY($1::bigint[]) AND kind = 'IMAGE' ORDER BY product_id, position, id`,
)
const variants = statement(
  "variants",
  `SELECT v.id, v.product_id, v.title, sku, inventory_tracker, inventory_policy, amount, compare_at_amount, currency_code
     FROM variants v
     JOIN variant_prices p ON p.variant_id = v.id
     JOIN markets m ON m.id = p.market_id AND m.is_primary
    WHERE v.product_id = ANY($1::bigint[]) ORDER BY v.product_id, position, v.id`,
)
const stocks = statement(
  "stocks",
  `SELECT variant_id, sum(on_hand - reserved)::int AS pieces FROM inventory_levels
    WHERE variant_id = ANY($1::bigint[]) GROUP BY variant_id`,
)
const reviews = statement(
  "reviews",
  `SELECT id, product_id, rating, title, body, author, created_at FROM reviews
    WHERE product_id = ANY($1::bigint[]) AND status = 'published' ORDER BY product_id, created_at DESC, id DESC`,
)
const ratings = statement(
  "ratings",
  `SELECT product_id, count(*)::int AS count, avg(rating)::float8 AS average FROM reviews
    WHERE product_id = ANY($1::bigint[]) AND status = 'published' GROUP BY product_id`,
)

export const shop = async (pool) => (await shops(pool))[0]

export async function product(pool, handle) {
  const found = await byHandle(pool, handle)
  return found.length ? shownProduct(found[0]) : null
}

export async function products(pool, first, after) {
  const rows = await page(pool, after == null ? "0" : keyAt(after), first + 1)
  const shown = rows.slice(0, first)
  const endCursor = shown.length ? cursorOf(shown[shown.length - 1].id) : null
  return { nodes: shown.map(shownProduct), pageInfo: { hasNextPage: rows.length > first, endCursor } }
}

export async function priceRanges(pool, keys) {
  return one(keys, await ranges(pool, keys), "product_id", ({ minimum, maximum, currency_code: currency }) => ({
    minVariantPrice: money(minimum, currency),
    maxVariantPrice: money(maximum, currency),
  }))
}

export async function imagesOf(pool, keys) {
  return many(keys, await images(pool, keys), ({ source, alt, width, height }) => ({
    url: source,
    altText: alt,
    width,
    height,
  }))
}

export const variantsOf = async (pool, keys) => many(keys, await variants(pool, keys), shownVariant)

export const piecesOf = async (pool, keys) => one(keys, await stocks(pool, keys), "variant_id", (row) => row.pieces)

export async function reviewsOf(pool, keys) {
  return many(keys, await reviews(pool, keys), ({ id, rating, title, body, author, created_at: created }) => ({
    id: gid("Review", id),
    rating,
    title,
    body,
    author,
    createdAt: time(created),
  }))
}

export async function ratingsOf(pool, keys) {
  const rated = ({ count, average }) => ({ count, average: Math.round(average * 100) / 100 })
  return one(keys, await ratings(pool, keys), "product_id", rated, { count: 0, average: null })
}

/** Whether it can be bought, if that depends on nothing but the variant itself; else undefined. */
export function alwaysAvailable(variant) {
  return variant.tracker === null || variant.policy === "continue" ? true : undefined
}

function shownProduct(row) {
  return {
    key: row.id,
    id: gid("Product", row.id),
    handle: row.handle,
    title: row.title,
    descriptionHtml: row.description_html,
    vendor: row.vendor,
    productType: row.product_type,
  }
}

/** A variant with its price; `row.id` is the variant's. */
export function shownVariant(row) {
  return {
    key: row.id,
    id: gid("ProductVariant", row.id),
    title: row.title,
    sku: row.sku,
    tracker: row.inventory_tracker,
    policy: row.inventory_policy,
    price: money(row.amount, row.currency_code),
    compareAtPrice: row.compare_at_amount === null ? null : money(row.compare_at_amount, row.currency_code),
  }
}

function one(keys, rows, name, shown, missing = null) {
  const found = new Map()
  for (const row of rows) found.set(row[name], shown(row))
  return keys.map((key) => found.get(key) ?? missing)
}

function many(keys, rows, shown) {
  const found = new Map(keys.map((key) => [key, []]))
  for (const row of rows) found.get(row.product_id).push(shown(row))
  return keys.map((key) => found.get(key))
}
