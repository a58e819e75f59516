// As app/explorer/strip-lock.mjs: addresses in a lock would tie every installation to one registry.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
for (const entry of Object.values(lock.packages)) {
  for (const key of ["resolved", "funding", "deprecated"]) delete entry[key];
}
writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");
