// The one mutation, with the checks that the textbook server makes, and what a cart holds.
import { createHash, randomUUID } from "node:crypto"
import { shownVariant } from "./catalogue.mjs"
import { statement } from "./database.mjs"
import { gid, keyOf, money } from "./values.mjs"

const NO_ATTRIBUTES = createHash("sha256").update("[]").digest("hex")

// It locks the cart's row, so that requests for one cart take turns.
const touch = statement(
  "touch_cart",
  "UPDATE carts SET version = version + 1, updated_at = now() WHERE token = $1 RETURNING id, token",
)
const wanted = statement(
  "wanted_variants",
  `SELECT v.id, coalesce(l.quantity, 0) AS quantity,
          CASE WHEN inventory_tracker IS NOT NULL AND inventory_policy <> 'continue' THEN
            (SELECT coalesce(sum(on_hand - reserved), 0)::int FROM inventory_levels WHERE variant_id = v.id)
          END AS free
     FROM variants v
     LEFT JOIN cart_lines l ON l.variant_id = v.id AND l.cart_id = $1 AND l.attributes_hash = $2
    WHERE v.id = ANY($3::bigint[])`,
)
const put = statement(
  "put_lines",
  `INSERT INTO cart_lines (cart_id, key, variant_id, quantity, attributes, attributes_hash)
   SELECT $1, key, variant_id, quantity, '[]', $2
     FROM unnest($3::text[], $4::bigint[], $5::int[]) AS lines (key, variant_id, quantity)
       ON CONFLICT (cart_id, variant_id, attributes_hash) DO UPDATE SET quantity = excluded.quantity`,
)
const contents = statement(
  "lines_of_cart",
  `SELECT l.key AS line_key, l.quantity, v.id, v.title, sku, inventory_tracker, inventory_policy,
          amount, compare_at_amount, currency_code
     FROM cart_lines l
     JOIN variants v ON v.id = l.variant_id
     JOIN variant_prices p ON p.variant_id = v.id
     JOIN markets m ON m.id = p.market_id AND m.is_primary
    WHERE l.cart_id = $1 ORDER BY l.id DESC`,
)

/** The payload of cartLinesAdd; `cart` has what `contentsOf` needs. */
export async function addLines(pool, cartId, lines) {
  const client = await pool.connect()
  try {
    await client.query("BEGIN")
    const payload = await addIn(client, keyOf(cartId), lines)
    await client.query(payload.cart ? "COMMIT" : "ROLLBACK")
    return payload
  } catch (failure) {
    await client.query("ROLLBACK")
    throw failure
  } finally {
    client.release()
  }
}

async function addIn(client, token, lines) {
  const [cart] = await touch(client, token)
  if (!cart) return refused("The specified cart does not exist.", ["cartId"])
  const keys = lines.map((line) => keyOf(line.merchandiseId))
  const rows = await wanted(client, cart.id, NO_ATTRIBUTES, keys)
  const variants = new Map(rows.map((row) => [row.id, row]))
  const missing = keys.findIndex((key) => !variants.has(key))
  if (missing >= 0) return refused("The merchandise does not exist.", ["lines", String(missing), "merchandiseId"])
  const warnings = []
  lines.forEach((line, place) => {
    const variant = variants.get(keys[place])
    variant.quantity += line.quantity
    if (variant.free !== null && variant.quantity > variant.free) {
      variant.quantity = variant.free
      warnings.push({ code: "MERCHANDISE_NOT_ENOUGH_STOCK", message: `Only ${variant.free} pieces are there.` })
    }
  })
  const quantities = rows.map((row) => row.quantity)
  await put(client, cart.id, NO_ATTRIBUTES, rows.map(() => randomUUID()), rows.map((row) => row.id), quantities)
  return { cart: { key: cart.id, id: gid("Cart", cart.token) }, userErrors: [], warnings }
}

function refused(message, field) {
  return { cart: null, userErrors: [{ code: "INVALID", field, message }], warnings: [] }
}

/** What a cart holds, read once for all of its fields. */
export function contentsOf(pool, cart) {
  cart.contents ??= contents(pool, cart.key).then((rows) => {
    const amount = (row) => Number(row.amount) * row.quantity
    const total = rows.reduce((sum, row) => sum + amount(row), 0)
    return {
      totalQuantity: rows.reduce((sum, row) => sum + row.quantity, 0),
      cost: { totalAmount: money(total, rows.length ? rows[0].currency_code : "XXX") },
      lines: rows.map((row) => ({
        id: gid("CartLine", row.line_key),
        quantity: row.quantity,
        merchandise: shownVariant(row),
        cost: { totalAmount: money(amount(row), row.currency_code) },
      })),
    }
  })
  return cart.contents
}

/** Resolvers of Cart, on that pool. */
export function cartResolvers(pool) {
  return {
    totalQuantity: async (cart) => (await contentsOf(pool, cart)).totalQuantity,
    cost: async (cart) => (await contentsOf(pool, cart)).cost,
    lines: async (cart, { first }) => ({ nodes: (await contentsOf(pool, cart)).lines.slice(0, first) }),
  }
}
