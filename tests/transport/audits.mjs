// Runs every server audit of graphql-http against an endpoint: node audits.mjs <directory of node_modules> <url>
import { createRequire } from "node:module";

const [directory, url] = process.argv.slice(2);
const { serverAudits } = createRequire(`${directory}/`)("graphql-http");
const results = await Promise.all(
  serverAudits({ url, fetchFn: fetch }).map(async (audit) => {
    const { status, reason } = await audit.fn();
    return { id: audit.id, name: audit.name, status, reason };
  }),
);
console.log(JSON.stringify(results));
