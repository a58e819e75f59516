// Bundles the explorer: `node build.mjs DIRECTORY` writes DIRECTORY/manifest.json and DIRECTORY/assets/, every asset
// named by its contents and compressed beside itself.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const [target] = process.argv.slice(2);
if (!target) throw new Error("usage: node build.mjs DIRECTORY");
const out = resolve(target);
const assets = join(out, "assets");

const shared = {
  absWorkingDir: import.meta.dirname ?? process.cwd(),
  bundle: true,
  define: { "process.env.NODE_ENV": '"production"' },
  entryNames: "[name]-[hash]",
  chunkNames: "chunk-[hash]",
  assetNames: "[name]-[hash]",
  format: "esm",
  legalComments: "linked",
  loader: { ".svg": "file", ".ttf": "file" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: assets,
  target: "es2022",
};

/** GraphiQL's own style.css holds Monaco's styles already; esbuild would not load those of lazy chunks anyway. */
const withoutMonacoStyles = {
  name: "without-monaco-styles",
  setup(bundler) {
    bundler.onLoad({ filter: /monaco-editor[\\/].*\.css$/ }, () => ({ contents: "", loader: "css" }));
  },
};

const entries = (metafile) =>
  Object.entries(metafile.outputs).filter(([path, { entryPoint }]) => entryPoint && path.endsWith(".js"));

async function buildWorkers() {
  const { metafile } = await build({
    ...shared,
    entryPoints: {
      "worker-editor": "monaco-editor/esm/vs/editor/editor.worker.js",
      "worker-json": "monaco-editor/esm/vs/language/json/json.worker.js",
      "worker-graphql": "monaco-graphql/esm/graphql.worker.js",
    },
  });
  const names = entries(metafile).map(([path]) => basename(path));
  return Object.fromEntries(
    ["editor", "json", "graphql"].map((label) => [label, `./${names.find((name) => name.startsWith(`worker-${label}-`))}`]),
  );
}

async function buildPage(workers) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { explorer: "src/main.jsx" },
    define: { ...shared.define, __WORKERS__: JSON.stringify(workers) },
    jsx: "automatic",
    plugins: [withoutMonacoStyles],
    splitting: true,
  });
  const [path, output] = entries(metafile).find(([, { entryPoint }]) => entryPoint === "src/main.jsx");
  const preload = output.imports.filter(({ kind }) => kind === "import-statement").map((found) => basename(found.path));
  return { script: basename(path), style: basename(output.cssBundle), preload };
}

function compress() {
  return readdirSync(assets).map((name) => {
    const contents = readFileSync(join(assets, name));
    writeFileSync(join(assets, `${name}.gz`), gzipSync(contents, { level: 9 }));
    return name;
  });
}

const page = await buildPage(await buildWorkers());
const files = compress();
const icon = files.find((name) => /^mark-.*\.svg$/.test(name));
writeFileSync(join(out, "manifest.json"), JSON.stringify({ ...page, icon, files }, null, 2));
