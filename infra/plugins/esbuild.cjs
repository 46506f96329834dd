const { readFileSync } = require('node:fs');
const path = require('node:path');
const { brotliCompressSync } = require('node:zlib');

/**
 * Loads Node's HTTP modules as CommonJS. An ES module that imports `node:http` reads every export of it, and one of them
 * loads Node's WebSocket client. That takes 30 ms at each cold start. The CommonJS module has the same members.
 */
const commonJsHttp = {
  name: 'commonjs-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?https?$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'built-in',
    }));
    build.onLoad({ filter: /^/, namespace: 'built-in' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

/**
 * Leaves out the part of zod that writes JSON Schemas, because each schema refers to it and only generators of this
 * repository call it. In a bundle it throws.
 */
const noJsonSchema = {
  name: 'no-json-schema',
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/core\/(to-json-schema|json-schema-processors)\.js$/ }, ({ path }) => {
      const names = readFileSync(path, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm);
      const stubs = [...names].map(([, name]) =>
        // These two make the methods of each schema when it is created.
        name.startsWith('create') ? `export const ${name} = () => fail;` : `export { fail as ${name} };`,
      );
      return {
        contents: `const fail = () => { throw new Error('The bundle has no JSON Schemas.'); };\n${stubs.join('\n')}`,
      };
    });
  },
};

/** Bundles the ES modules of yaml, of which esbuild drops what nothing imports. Node itself gets the CommonJS modules. */
const yamlModules = {
  name: 'yaml-modules',
  setup(build) {
    const modules = path.resolve(require.resolve('yaml/package.json'), '../browser/dist/index.js');
    build.onResolve({ filter: /^yaml$/ }, () => ({ path: modules, sideEffects: false }));
  },
};

/** A table of this size is compressed. It is unpacked when its module is first evaluated. */
const minCompressedBytes = 8_000;

/** Compresses large tables. Names that repeat, such as those of Flink's options, take a sixth of their size. */
const compressedTables = {
  name: 'compressed-tables',
  setup(build) {
    build.onLoad({ filter: /\.json$/ }, ({ path }) => {
      const table = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
      if (Buffer.byteLength(table) < minCompressedBytes) return undefined;
      const packed = brotliCompressSync(table).toString('base64');
      return {
        contents: `import { brotliDecompressSync } from 'node:zlib';
export default JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString());`,
      };
    });
  },
};

module.exports = [commonJsHttp, noJsonSchema, yamlModules, compressedTables];
