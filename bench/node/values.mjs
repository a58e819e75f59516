// How values of the tables are written in the API.

export const gid = (kind, key) => `gid://shopify/${kind}/${key}`

export const keyOf = (id) => id.slice(id.lastIndexOf("/") + 1).split("?", 1)[0]

/** An amount in hundredths: 1250 is "12.5", 1200 is "12.0". */
export function money(minor, currencyCode) {
  const hundredths = minor % 100
  const decimals = hundredths % 10 === 0 ? hundredths / 10 : String(hundredths).padStart(2, "0")
  return { amount: `${Math.trunc(minor / 100)}.${decimals}`, currencyCode }
}

export const time = (date) => `${date.toISOString().slice(0, 19)}Z`

export const cursorOf = (key) => Buffer.from(key).toString("base64")

export const keyAt = (cursor) => Buffer.from(cursor, "base64").toString()
