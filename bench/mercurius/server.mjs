// `node server.mjs loaders` batches with Mercurius' own loaders, `node server.mjs dataloader` with DataLoader.
import { readFileSync } from "node:fs"
import DataLoader from "dataloader"
import Fastify from "fastify"
import mercurius from "mercurius"
import pg from "pg"
import * as catalogue from "../node/catalogue.mjs"
import { makePool } from "../node/database.mjs"
import { loadingResolvers, makeLoaders, page, rootResolvers } from "../node/resolvers.mjs"

const pool = makePool(pg)
const roots = rootResolvers(pool)

// Without the cache a loader need not turn each of its parents into a text; no question asks one thing twice.
const loader = (read, shown) => ({
  loader: async (queries) => {
    const found = await read(pool, queries.map(({ obj }) => obj.key))
    return shown ? found.map((each, place) => shown(each, queries[place])) : found
  },
  opts: { cache: false },
})
const paged = (all, { params }) => page(all, params.first)

const loaders = {
  Product: {
    priceRange: loader(catalogue.priceRanges),
    featuredImage: loader(catalogue.imagesOf, (images) => images[0] ?? null),
    images: loader(catalogue.imagesOf, paged),
    variants: loader(catalogue.variantsOf, paged),
    reviews: loader(catalogue.reviewsOf, paged),
    rating: loader(catalogue.ratingsOf),
  },
  ProductVariant: {
    availableForSale: loader(
      catalogue.piecesOf,
      (pieces, { obj }) => catalogue.alwaysAvailable(obj) ?? pieces > 0,
    ),
  },
}

const batching = {
  loaders: { resolvers: roots, loaders },
  dataloader: {
    resolvers: { ...roots, ...loadingResolvers },
    context: () => ({ loaders: makeLoaders(DataLoader, pool) }),
  },
}[process.argv[2]]

const app = Fastify({ logger: false })
app.register(mercurius, {
  schema: readFileSync(new URL("../node/schema.graphql", import.meta.url), "utf8"),
  jit: 1,
  graphiql: false,
  ...batching,
})
app.addHook("onClose", () => pool.end())
process.once("SIGTERM", () => app.close())
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) })
