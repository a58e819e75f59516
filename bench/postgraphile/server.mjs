// PostGraphile as a library on Node's own server, which its documentation recommends for production.
import { createServer } from "node:http"
import pg from "pg"
import { postgraphile } from "postgraphile"
import { makePgService } from "postgraphile/adaptors/pg"
import { grafserv } from "postgraphile/grafserv/node"
import { PostGraphileAmberPreset } from "postgraphile/presets/amber"
import { makePool } from "../node/database.mjs"

const pool = makePool(pg)
const served = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ["bench_storefront"], pubsub: false })],
  schema: { defaultBehavior: "-insert -update -delete" },
  grafast: { explain: false, timeouts: { planning: 500, execution: 30_000 } },
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
})
await served.getSchema()

const server = createServer()
await served.createServ(grafserv).addTo(server)
process.once("SIGTERM", () => {
  server.close()
  server.closeAllConnections()
  pool.end()
})
server.listen(Number(process.env.PORT), "127.0.0.1")
