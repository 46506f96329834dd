/** Writes docs/options.md from the table of options: generated, committed, and compared with the code by a test. */
import { writeFileSync } from 'node:fs';

import { options } from '#shared/flink/options.ts';
import type { Option } from '#shared/flink/option-table.ts';

const introduction = `\
# Options

The options of Flink that change what a deploy creates, or how the cluster is reached. They are given as \`-Dkey=value\`, as \`config\` in a request, as
\`defaults\` of a target, or in the \`config.yaml\` of \`FLINK_CONF_DIR\`. The order is Flink's: configuration folder, then the target's defaults, then \`-D\`, then
what the command itself sets (the cluster id, the mode, the program). \`POST /v1/targets/{target}/plans\` tells for each value where it came from.

Any other option goes into \`config.yaml\` as it is. One that begins with \`kubernetes.\` and is not in this table gets a warning that names the nearest one.

- A **list** is \`a;b\` or \`[a, b]\`. A **map** is \`a:1,b:2\`, or \`{a: 1, b: 2}\`, or one option for each name: \`key.a=1\`. A **list of maps** is \`a:1,b:2;a:3\` or \`[{a: 1}, {a: 3}]\`.
  Text in quotes, single or double, may hold \`;\`, \`,\` and \`:\`.
- **Memory** is a number and one of b, k, m, g, t, each a power of 1024; without a unit, bytes. A **duration** is a number and one of ms, s, min, h, d; without a unit, milliseconds.
- \`<name>\` is a word of your own. An older name works as well, and is written under the current one.

| option | type | default | what it does |
| --- | --- | --- | --- |
`;

const types: Readonly<Record<string, string>> = {
  tolerations: 'list of maps: key, operator, value, effect, tolerationSeconds',
  ownerReferences: 'list of maps: apiVersion, kind, name, uid, controller, blockOwnerDeletion',
  secretVariables: 'list of maps: env, secret, key',
};

const row = ([key, option]: readonly [string, Option]): string => {
  const { type, default: standard = '', deprecated = [], only, description } = option;
  const kind = typeof type === 'string' ? (types[type] ?? type) : type.join(', ');
  const names = deprecated.length === 0 ? '' : ` Older: ${deprecated.map(code).join(', ')}.`;
  const refused = only === undefined ? '' : ` Here only ${only.values.map(code).join(', ')}: ${only.because}.`;
  return `| ${code(key)} | ${kind} | ${standard === '' ? '' : code(standard)} | ${description}${names}${refused} |`;
};

const code = (text: string): string => `\`${text}\``;

/** The page, as it has to be. */
export const optionsPage = (): string =>
  `${introduction}${Object.entries<Option>(options)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(row)
    .join('\n')}\n`;

if (import.meta.main) writeFileSync('docs/options.md', optionsPage());
