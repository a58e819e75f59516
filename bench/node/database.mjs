// One pool for a server, from PostgreSQL's own environment variables, as node-postgres documents it.

/** A pool of BENCH_POOL connections. */
export function makePool(pg) {
  const pool = new pg.Pool({ max: Number(process.env.BENCH_POOL), idleTimeoutMillis: 0 })
  pool.on("error", (failure) => console.error(failure))
  return pool
}

/** A statement that each connection prepares once: node-postgres does so for those that have a name. */
export function statement(name, text) {
  return (connection, ...values) => connection.query({ name, text, values }).then((result) => result.rows)
}
