// Finds, in the shop that is running, the ids that the ready-made queries need.

/** Stand-ins that say in the editor itself what is missing; they are replaced as soon as there is something real. */
export const MISSING = {
  variant: "no variant in stock yet",
  handle: "no product yet",
  cart: "filled in when you run OpenACart",
};

const FIND = `query ExplorerFindsStock {
  products(first: 20) {
    nodes { handle variants(first: 5) { nodes { id quantityAvailable availableForSale } } }
  }
}`;

const STILL_THERE = {
  variant: `query ExplorerChecksVariant($id: ID!) { node(id: $id) { id } }`,
  handle: `query ExplorerChecksProduct($id: String!) { node: product(handle: $id) { handle } }`,
  cart: `query ExplorerChecksCart($id: ID!) { node: cart(id: $id) { id } }`,
};

/** Buys nothing, for no variant has this id: a demo shop says so in its payload, any other has no payload for it. */
const ASK = `mutation ExplorerAsksForDemo {
  demoBuy(merchandiseId: "gid://shopify/ProductVariant/0") { userErrors { code } }
}`;

const OPEN_CART = `mutation ExplorerOpensCart { cartCreate { cart { id } } }`;

/** Enough for several purchases before the reader needs another variant. */
const COMFORTABLE = 5;

export class Shop {
  #endpoint;

  constructor(endpoint) {
    this.#endpoint = endpoint;
  }

  /** `data` of one operation, or null: a shop that cannot answer must not keep the explorer from opening. */
  async #data(query, variables) {
    try {
      const response = await fetch(this.#endpoint, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()).data ?? null;
    } catch {
      return null;
    }
  }

  async #exists(kind, id) {
    if (!id || id === MISSING[kind]) return false;
    return Boolean((await this.#data(STILL_THERE[kind], { id }))?.node);
  }

  async #stocked() {
    const products = (await this.#data(FIND))?.products?.nodes ?? [];
    const choices = products.flatMap(({ handle, variants }) =>
      variants.nodes
        .filter((variant) => variant.availableForSale && variant.quantityAvailable > 0)
        .map((variant) => ({ handle, variant: variant.id, quantity: variant.quantityAvailable })),
    );
    const comfortable = choices.find((choice) => choice.quantity >= COMFORTABLE);
    return comfortable ?? choices[0] ?? { handle: products[0]?.handle };
  }

  /** `{ variant, handle, cart }`: what was remembered where it still exists, else what the shop has now. */
  async ids(remembered) {
    const [variant, handle, cart] = await Promise.all(
      ["variant", "handle", "cart"].map((kind) => this.#exists(kind, remembered[kind])),
    );
    const found = variant && handle ? {} : await this.#stocked();
    return {
      variant: variant ? remembered.variant : (found.variant ?? MISSING.variant),
      handle: handle ? remembered.handle : (found.handle ?? MISSING.handle),
      cart: cart ? remembered.cart : MISSING.cart,
    };
  }

  /** True where `demoBuy` sells. */
  async isDemo() {
    return Boolean((await this.#data(ASK))?.demoBuy);
  }

  /** Id of a new empty cart, or null. */
  async openCart() {
    return (await this.#data(OPEN_CART))?.cartCreate?.cart?.id ?? null;
  }
}
