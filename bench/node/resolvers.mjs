// Roots, and resolvers with DataLoader: fresh loaders for every request, as its documentation asks for.
import { addLines, cartResolvers } from "./cart.mjs"
import * as catalogue from "./catalogue.mjs"

export function rootResolvers(pool) {
  return {
    Query: {
      shop: () => catalogue.shop(pool),
      product: (_, { handle }) => catalogue.product(pool, handle),
      products: (_, { first, after }) => catalogue.products(pool, first, after),
    },
    Mutation: { cartLinesAdd: (_, { cartId, lines }) => addLines(pool, cartId, lines) },
    Cart: cartResolvers(pool),
  }
}

/** What a request's context has to hold for `loadingResolvers`. */
export function makeLoaders(DataLoader, pool) {
  const loader = (read) => new DataLoader((keys) => read(pool, keys))
  return {
    priceRanges: loader(catalogue.priceRanges),
    images: loader(catalogue.imagesOf),
    variants: loader(catalogue.variantsOf),
    pieces: loader(catalogue.piecesOf),
    reviews: loader(catalogue.reviewsOf),
    ratings: loader(catalogue.ratingsOf),
  }
}

export const loadingResolvers = {
  Product: {
    priceRange: (product, _, { loaders }) => loaders.priceRanges.load(product.key),
    featuredImage: async (product, _, { loaders }) => (await loaders.images.load(product.key))[0] ?? null,
    images: async (product, { first }, { loaders }) => page(await loaders.images.load(product.key), first),
    variants: async (product, { first }, { loaders }) => page(await loaders.variants.load(product.key), first),
    reviews: async (product, { first }, { loaders }) => page(await loaders.reviews.load(product.key), first),
    rating: (product, _, { loaders }) => loaders.ratings.load(product.key),
  },
  ProductVariant: {
    availableForSale: (variant, _, { loaders }) =>
      catalogue.alwaysAvailable(variant) ?? loaders.pieces.load(variant.key).then((pieces) => pieces > 0),
  },
}

export const page = (all, first) => ({ nodes: all.slice(0, first) })
