// Judges encodings of variants with the storefront library's own decoder: `node decode.mjs DECODER < QUESTIONS`.
// Each line asks with {encoded, shape}: shape counts the values of each option. Each answer has what was decoded, and
// which of all combinations and beginnings of combinations the library finds in it.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const { decodeEncodedVariant, isOptionValueCombinationInEncodedVariant } = await import(pathToFileURL(process.argv[2]));

function* beginnings(shape, path = []) {
  if (path.length) yield path;
  if (path.length < shape.length) {
    for (let place = 0; place < shape[path.length]; place++) yield* beginnings(shape, [...path, place]);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { encoded, shape } = JSON.parse(line);
  const found = [...beginnings(shape)].filter((path) => isOptionValueCombinationInEncodedVariant(path, encoded));
  console.log(JSON.stringify({ decoded: decodeEncodedVariant(encoded), found }));
}
