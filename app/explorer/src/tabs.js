// The ready-made tabs. GraphiQL names a tab after its operation, so the operations are named for their readers.

const BROWSE = `# Run me: press the green button, or, in this
# text, Ctrl-Enter (Cmd-Enter on a Mac).
#
# Every tab here is ready to run. First come
# those that read: a product, a search, what
# a list can be narrowed by, German, pages.
# Then pairs: watch the stock, then buy one;
# open a cart, watch it, then add a line and
# see the watching tab light up.

query BrowseTheShop {
  shop {
    name
  }
  products(first: 8) {
    nodes {
      title
      handle
      availableForSale
      priceRange {
        minVariantPrice {
          amount
          currencyCode
        }
      }
      featuredImage {
        url
        altText
      }
    }
  }
}
`;

const ONE_PRODUCT = `# One product, down to its variants. The
# handle stands in the variables below: put
# in any other that BrowseTheShop lists.

query OneProduct($handle: String!) {
  product(handle: $handle) {
    title
    vendor
    description
    options {
      name
      optionValues {
        name
      }
    }
    variants(first: 10) {
      nodes {
        id
        title
        availableForSale
        quantityAvailable
        price {
          amount
          currencyCode
        }
      }
    }
  }
}
`;

const SEARCH = `# Words as people type them, slips and all:
# the answer says what it can be narrowed by.

query SearchTheShop($text: String!) {
  search(query: $text, first: 5, types: [PRODUCT, ARTICLE, PAGE]) {
    totalCount
    nodes {
      __typename
      ... on Product {
        title
        handle
      }
      ... on Article {
        title
      }
      ... on Page {
        title
      }
    }
    productFilters {
      label
      values {
        label
        count
      }
    }
  }
  predictiveSearch(query: $text, limit: 3) {
    queries {
      text
    }
    products {
      title
    }
  }
}
`;

const NARROW = `# What a list can be filtered by. Copy an
# input from the answer into the filters of
# the variables, and run me again.

query NarrowAList($filters: [ProductFilter!]) {
  collections(first: 1, sortKey: TITLE) {
    nodes {
      title
      products(first: 3, filters: $filters) {
        nodes {
          title
        }
        filters {
          label
          values {
            label
            count
            input
          }
        }
      }
    }
  }
}
`;

const GERMAN = `# As somebody in Germany sees it. Put other
# codes in the first line: availableCountries
# says which the shop knows.

query AskInGerman @inContext(country: DE, language: DE) {
  localization {
    language {
      endonymName
    }
    availableCountries {
      isoCode
      name
      currency {
        isoCode
      }
    }
  }
  products(first: 3) {
    nodes {
      title
      productType
      priceRange {
        minVariantPrice {
          amount
          currencyCode
        }
      }
      options {
        name
        optionValues {
          name
        }
      }
    }
  }
}
`;

const CONTENT = `# What the shop tells beside its goods: its
# menu, pages, and the newest articles.

query ReadWhatItTells {
  menu(handle: "main-menu") {
    title
    items {
      title
      url
    }
  }
  pages(first: 3) {
    nodes {
      title
      bodySummary
    }
  }
  articles(first: 3, sortKey: PUBLISHED_AT, reverse: true) {
    nodes {
      title
      excerpt
      blog {
        title
      }
      authorV2 {
        name
      }
    }
  }
}
`;

const watchStock = (canBuy) => `# Run me: I show the stock as it is, and go
# on listening while you use other tabs.
${
  canBuy
    ? `#
# Then open the tab beside, BuyOne, and run
# that: the new stock arrives here at once,
# and my tab counts the news that you have
# not seen. Another window, or another
# browser, does as well.
`
    : `#
# Whenever the stock of one of these variants
# changes, it arrives here, and my tab counts
# the news that you have not seen.
`
}
subscription WatchTheStock($variantIds: [ID!]!) {
  inventoryUpdated(variantIds: $variantIds) {
    id
    title
    quantityAvailable
    availableForSale
    product {
      title
    }
  }
}
`;

const BUY_ONE = `# First run the tab before me, WatchTheStock.
# Then run me: one piece leaves the shelf,
# and that tab hears of it.

mutation BuyOne($merchandiseId: ID!) {
  demoBuy(merchandiseId: $merchandiseId, quantity: 1) {
    variant {
      id
      quantityAvailable
    }
    userErrors {
      code
      field
      message
    }
  }
}
`;

const OPEN_CART = `# Run me: a new cart with one line. Its id
# goes into the two tabs beside me,
# WatchTheCart and AddALine.

mutation OpenACart($lines: [CartLineInput!]) {
  cartCreate(input: { lines: $lines }) {
    cart {
      id
      totalQuantity
      cost {
        totalAmount {
          amount
          currencyCode
        }
      }
    }
    userErrors {
      code
      field
      message
    }
  }
}
`;

const WATCH_CART = `# Run me, then open the tab beside, AddALine,
# and run that: the cart arrives here as it
# is after each change.

subscription WatchTheCart($cartId: ID!) {
  cartUpdated(cartId: $cartId) {
    id
    totalQuantity
    cost {
      totalAmount {
        amount
        currencyCode
      }
    }
    lines(first: 10) {
      nodes {
        quantity
        merchandise {
          ... on ProductVariant {
            title
            product {
              title
            }
          }
        }
      }
    }
  }
}
`;

const ADD_LINE = `# First run the tab before me, WatchTheCart.
# Then run me, as often as you like: the same
# merchandise merges into one line.

mutation AddALine($cartId: ID!, $lines: [CartLineInput!]!) {
  cartLinesAdd(cartId: $cartId, lines: $lines) {
    cart {
      id
      totalQuantity
    }
    userErrors {
      code
      field
      message
    }
  }
}
`;

const tab = (query, variables) => ({
  query,
  variables: variables ? JSON.stringify(variables, null, 2) : null,
});

/** Tabs for a first visit, in the order in which they are read. `canBuy`: it is a demo shop. */
export function readyTabs({ variant, handle, cart }, canBuy) {
  const lines = [{ merchandiseId: variant, quantity: 1 }];
  return [
    tab(BROWSE),
    tab(ONE_PRODUCT, { handle }),
    tab(SEARCH, { text: "stonware mug" }),
    tab(NARROW, { filters: [{ available: true }] }),
    tab(GERMAN),
    tab(CONTENT),
    tab(watchStock(canBuy), { variantIds: [variant] }),
    ...(canBuy ? [tab(BUY_ONE, { merchandiseId: variant })] : []),
    tab(OPEN_CART, { lines }),
    tab(WATCH_CART, { cartId: cart }),
    tab(ADD_LINE, { cartId: cart, lines }),
  ];
}
