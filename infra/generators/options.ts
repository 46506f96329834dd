/** Writes docs/options.md from the table of options. The page is committed, and a unit test compares it with the table. */
import { writeFileSync } from 'node:fs';

import type { Option } from '#shared/flink/option-table.ts';
import { options } from '#shared/flink/options.ts';

const introduction = `\
# Options

These Flink options change the objects that a deploy creates, or the access to the cluster. For example, this session has two slots in each TaskManager and runs as its own service account:

\`\`\`
drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=2 -Dkubernetes.service-account=flink
\`\`\`

Options come from four sources. A later source overrides an earlier one, as in Flink:

1. the \`config.yaml\` of \`FLINK_CONF_DIR\`
2. \`defaults\` of the target
3. \`-Dkey=value\`, or \`config\` of a request
4. the command itself: cluster ID, mode and program

\`POST /v1/targets/{target}/plans\` shows the source of every value. Drey copies any other option to \`config.yaml\` unchanged.
An option that starts with \`kubernetes.\` and is not in this table causes a warning with the nearest known name.

| type | syntax |
| --- | --- |
| list | \`a;b\` or \`[a, b]\` |
| map | \`a:1,b:2\`, or \`{a: 1, b: 2}\`, or one option for each name: \`key.a=1\` |
| list of maps | \`a:1,b:2;a:3\` or \`[{a: 1}, {a: 3}]\` |
| memory | a number with the unit b, k, m, g or t, each a power of 1024; bytes without a unit |
| duration | a number with the unit ms, s, min, h or d; milliseconds without a unit |

Text in single or double quotes may contain \`;\`, \`,\` and \`:\`. \`<name>\` in an option stands for a name that you choose.
A deprecated name works as well. Drey replaces it with the current name.

| option | type | default | description |
| --- | --- | --- | --- |
`;

const types: Readonly<Record<string, string>> = {
  tolerations: 'list of maps: key, operator, value, effect, tolerationSeconds',
  ownerReferences: 'list of maps: apiVersion, kind, name, uid, controller, blockOwnerDeletion',
  secretVariables: 'list of maps: env, secret, key',
};

const row = ([key, option]: readonly [string, Option]): string => {
  const { type, default: standard = '', deprecated = [], only, since, description } = option;
  const kind = typeof type === 'string' ? (types[type] ?? type) : type.join(', ');
  const names = deprecated.length === 0 ? '' : ` Deprecated: ${deprecated.map(code).join(', ')}.`;
  const introduced = since === undefined ? '' : ` Flink ${since} and later.`;
  const refused = only === undefined ? '' : ` Drey accepts only ${only.values.map(code).join(', ')}: ${only.because}`;
  return `| ${code(key)} | ${kind} | ${standard === '' ? '' : code(standard)} | ${description}${introduced}${names}${refused} |`;
};

const code = (text: string): string => `\`${text}\``;

export const optionsPage = `${introduction}${Object.entries<Option>(options)
  .toSorted(([one], [other]) => (one < other ? -1 : 1))
  .map(row)
  .join('\n')}\n`;

if (import.meta.main) writeFileSync('docs/options.md', optionsPage);
