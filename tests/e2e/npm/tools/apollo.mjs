// Apollo Client with its link for persisted queries: what it sends, and what comes of it, as JSON.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { generatePersistedQueryIdsFromManifest } from "@apollo/persisted-query-lists";
import { firstValueFrom } from "rxjs";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const { url, manifest, get, asked } = JSON.parse(readFileSync(0, "utf8"));
const requests = [];

async function watched(address, options) {
  const response = await fetch(address, options);
  const sent = options.body ? JSON.parse(options.body) : Object.fromEntries(new URL(address).searchParams);
  requests.push({ method: options.method, text: "query" in sent, status: response.status });
  return response;
}

const persisted = new PersistedQueryLink({
  ...(manifest
    ? generatePersistedQueryIdsFromManifest({ loadManifest: () => JSON.parse(readFileSync(manifest, "utf8")) })
    : { sha256: (text) => createHash("sha256").update(text).digest("hex") }),
  useGETForHashedQueries: get,
});
// Older Nodes have none of their own.
globalThis.WebSocket ??= WebSocket;
const socket = createClient({ url: url.replace("http", "ws") });
const client = new ApolloClient({
  cache: new InMemoryCache(),
  link: persisted.concat(
    ApolloLink.split(
      ({ operationType }) => operationType === "subscription",
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url, fetch: watched }),
    ),
  ),
});

function answered(document, variables) {
  const kind = document.definitions.find((definition) => definition.kind === "OperationDefinition").operation;
  const options = { variables, fetchPolicy: "no-cache" };
  if (kind === "mutation") return client.mutate({ ...options, mutation: document });
  if (kind === "query") return client.query({ ...options, query: document });
  return firstValueFrom(client.subscribe({ ...options, query: document }));
}

const answers = [];
for (const { text, variables } of asked) {
  try {
    const { data, error } = await answered(gql(text), variables);
    if (error) throw error;
    answers.push({ data });
  } catch (error) {
    answers.push({ error: error.message, code: error.errors?.[0]?.extensions?.code });
  }
}
client.stop();
await socket.dispose();
console.log(JSON.stringify({ answers, requests }));
