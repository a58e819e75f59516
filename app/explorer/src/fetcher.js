import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { getOperationAST, parse } from "graphql";
import { createClient } from "graphql-ws";

import { MISSING } from "./shop.js";

function parsed(query) {
  try {
    return parse(query);
  } catch {
    return null; // The server says what is wrong with it, in its own words.
  }
}

/** Right after a change of tab GraphiQL still holds the former tab's operation name: one that the query lacks is dropped. */
function nameWithin(document, name) {
  const known = document?.definitions.some((definition) => definition.name?.value === name);
  return known ? name : undefined;
}

function readable(error) {
  if (!(error instanceof CloseEvent)) return error;
  return new Error(`The connection was closed (${error.code}${error.reason ? `: ${error.reason}` : ""}).`);
}

async function* withReadableErrors(source) {
  try {
    yield* source;
  } catch (error) {
    throw readable(error);
  }
}

async function* noting(results, note) {
  for await (const result of results) {
    note(result);
    yield result;
  }
}

const cartOf = (result) => result?.data?.cartCreate?.cart?.id;

/**
 * Sends queries and mutations to `endpoint`, subscriptions to the websocket of the same address through `live`.
 * `carts.use(id)` is told of every cart that is opened; one is opened unasked when a tab still lacks its cart.
 */
export function createFetcher({ endpoint, live, shop, carts }) {
  const http = createGraphiQLFetcher({ url: endpoint });
  const address = new URL(endpoint, window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  let headers = {};
  const socket = createClient({ url: address.href, connectionParams: () => headers });

  async function withCart(variables) {
    if (variables?.cartId !== MISSING.cart) return variables;
    const id = await shop.openCart();
    if (!id) return variables;
    carts.use(id);
    return { ...variables, cartId: id };
  }

  return async function fetcher(request, options) {
    if (live.waiting) return live.resume();
    const document = parsed(request.query);
    const operationName = nameWithin(document, request.operationName);
    const operation = document && getOperationAST(document, operationName);
    const variables = await withCart(request.variables);
    const payload = { ...request, operationName, variables };
    if (operation?.operation === "subscription") {
      headers = options?.headers ?? {};
      return live.start(withReadableErrors(socket.iterate(payload)));
    }
    const answer = await http(payload, { ...options, documentAST: document ?? undefined });
    const note = (result) => cartOf(result) && carts.use(cartOf(result));
    if (Symbol.asyncIterator in answer) return noting(answer, note);
    note(answer);
    return answer;
  };
}
