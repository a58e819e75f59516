// Apollo Server as its documentation runs it in production: NODE_ENV=production, its drain plugin, its default caches.
import { readFileSync } from "node:fs"
import { ApolloServer } from "@apollo/server"
import fastifyApollo, { fastifyApolloDrainPlugin } from "@as-integrations/fastify"
import DataLoader from "dataloader"
import Fastify from "fastify"
import pg from "pg"
import { makePool } from "../node/database.mjs"
import { loadingResolvers, makeLoaders, rootResolvers } from "../node/resolvers.mjs"

const pool = makePool(pg)
const app = Fastify({ logger: false })
const apollo = new ApolloServer({
  typeDefs: readFileSync(new URL("../node/schema.graphql", import.meta.url), "utf8"),
  resolvers: { ...rootResolvers(pool), ...loadingResolvers },
  plugins: [fastifyApolloDrainPlugin(app)],
})
await apollo.start()
await app.register(fastifyApollo(apollo), { context: async () => ({ loaders: makeLoaders(DataLoader, pool) }) })
app.addHook("onClose", () => pool.end())
process.once("SIGTERM", () => app.close())
await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) })
