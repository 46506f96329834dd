const { readdirSync, readFileSync } = require('node:fs');
const { readFile } = require('node:fs/promises');
const { isBuiltin } = require('node:module');
const path = require('node:path');
const { brotliCompressSync } = require('node:zlib');

const { parse } = require('acorn');
const { simple: walk } = require('acorn-walk');

/**
 * Reads from Node's built-in modules only what the bundle uses. An import reads every export, and some of them load further
 * modules, such as the WebSocket client and worker threads, which takes 35 ms at each cold start.
 */
const builtInModules = {
  name: 'built-in-modules',
  setup(build) {
    build.onResolve({ filter: /^(node:)?[\w/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const namespace = kind === 'require-call' ? 'built-in-commonjs' : 'built-in';
      return { path: path.replace(/^(?!node:)/, 'node:'), namespace, sideEffects: false };
    });
    build.onLoad({ filter: /^/, namespace: 'built-in-commonjs' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
    }));
    build.onLoad({ filter: /^/, namespace: 'built-in' }, ({ path }) => {
      const exports = Object.keys(process.getBuiltinModule(path)).filter((name) => name !== 'default');
      return {
        contents: [
          `const builtIn = /* @__PURE__ */ process.getBuiltinModule('${path}');`,
          'export default builtIn;',
          ...exports.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtIn.${name})();`),
        ].join('\n'),
      };
    });
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

/** Methods of schemas that zod itself calls. */
const zodOwnMethods = ['check', 'clone', 'safeParse'];

/** The names of all members that the functions' code reads, such as `optional` in `schema.optional()`. */
const listMemberNames = () => {
  const root = path.resolve(__dirname, '../..');
  const files = ['events', 'functions', 'shared'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(root, folder, file)),
  );
  const sources = files.map((file) => readFileSync(file, 'utf8'));
  return new Set(sources.flatMap((source) => [...source.matchAll(/\.(\w+)/g)].map(([, name]) => name)));
};

/**
 * Leaves out the methods of zod's schemas that nothing calls. Each of them refers to a format or a kind of schema, which
 * esbuild then drops with its patterns. The other code keeps its lines and columns.
 */
const usedMethods = {
  name: 'used-methods',
  setup(build) {
    build.onLoad({ filter: /\/zod\/v4\/classic\/schemas\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const names = new Set([...zodOwnMethods, ...listMemberNames()]);
      const parts = [];
      walk(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }), {
        CallExpression: ({ callee, arguments: given }) => {
          const members = given.at(-1);
          if (!['$constructor', 'derived'].includes(callee.property?.name) || members?.properties === undefined) return;
          for (const [index, { key, start }] of members.properties.entries()) {
            const end = members.properties[index + 1]?.start ?? members.end - 1; // With the comma.
            if (!names.has(key.name)) parts.push({ start, end, replacement: '' });
          }
        },
        // Of the part that writes JSON Schemas.
        ExpressionStatement: ({ expression: { left }, start, end }) => {
          if (left?.property?.name === 'processJSONSchema') parts.push({ start, end, replacement: '' });
        },
      });
      if (parts.length === 0) throw new Error(`${file} has no methods as this plugin expects them.`);
      // Of a namespace that another module exports, esbuild keeps every member.
      const contents = replaceParts(source, parts)
        .replace('import { util } from "../core/index.js"', 'import * as util from "../core/util.js"')
        .replaceAll('core.util.', 'util.');
      return { contents };
    });
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

/** The members of tables that only generated pages, OpenAPI and the help of the command line show. */
const textMembers = new Set(['description', 'summary', 'meaning', 'action', 'writtenBy']);
const tables =
  /\/(events\/(problems\/problem-table|records\/transitions|http\/[\w-]+|commands\/[\w-]+)|shared\/(metrics|flink\/option-table))\.ts$/;

/** What a bundle does not need of a source file: each part with what stands in its place. */
const listTexts = (program, isTable) => {
  const parts = [];
  walk(program, {
    CallExpression: ({ callee, arguments: given, end }) => {
      const isMeta = callee.type === 'MemberExpression' && callee.property.name === 'meta' && given.length === 1;
      if (isMeta) parts.push({ start: callee.object.end, end, replacement: '' });
    },
    ObjectExpression: ({ properties, end }) => {
      for (const [index, { key, value, start }] of properties.entries()) {
        const isTextMember = isTable && textMembers.has(key?.name) && isText(value);
        const next = properties[index + 1]?.start ?? end - 1; // With the comma.
        if (isTextMember) parts.push({ start, end: next, replacement: '' });
      }
    },
  });
  return parts;
};

const isText = ({ type, value, expressions = [], elements = [] }) =>
  (type === 'Literal' && typeof value === 'string') ||
  (type === 'TemplateLiteral' && expressions.length === 0) ||
  (type === 'ArrayExpression' && elements.every(isText));

/** The code with blanks in place of the parts, so that the rest keeps its lines and columns. */
const replaceParts = (code, parts) => {
  let [contents, position] = ['', 0];
  for (const { start, end, replacement } of parts.sort((one, other) => one.start - other.start)) {
    if (start < position) continue; // A part of a part.
    const blank = code.slice(start, end).replaceAll(/[^\n]/g, ' ');
    contents += code.slice(position, start) + replacement + blank.slice(replacement.length);
    position = end;
  }
  return contents + code.slice(position);
};

/** Leaves out the texts of schemas and tables, which no function reads. The other code keeps its lines and columns. */
const noTexts = {
  name: 'no-texts',
  setup(build) {
    build.onLoad({ filter: /\/(events|shared)\/.*\.ts$/ }, async ({ path: file }) => {
      const isTable = tables.test(file);
      const source = await readFile(file, 'utf8');
      if (!isTable && !source.includes('.meta(')) return undefined;
      const { code } = await build.esbuild.transform(source, { loader: 'ts', sourcemap: 'inline', sourcefile: file });
      const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
      return { contents: replaceParts(code, listTexts(program, isTable)), loader: 'js' };
    });
  },
};

module.exports = [builtInModules, noJsonSchema, usedMethods, compressedTables, noTexts];
