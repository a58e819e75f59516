// Addresses in the lock would tie every build to one registry: integrity hashes alone say what a package must be.
import { readFileSync, writeFileSync } from "node:fs";

const path = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(path, "utf8"));
for (const entry of Object.values(lock.packages)) {
  for (const key of ["resolved", "funding", "deprecated"]) delete entry[key];
}
writeFileSync(path, JSON.stringify(lock, null, 2) + "\n");
