/** Writes docs/options.md from the table of options. The page is committed, and a unit test compares it with the table. */
import { writeFileSync } from 'node:fs';

import type { Option } from '#shared/flink/option-table.ts';
import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';
import { listKeysOfAllVersions } from '#shared/flink/option-names/canonical.ts';
import { isKnownKey, keysOf } from '#shared/flink/option-names/keys.ts';
import { options } from '#shared/flink/options.ts';

const introduction = `\
# Options

These Flink options change the objects that a deploy creates, or the access to the cluster. For example, this session has two slots in each TaskManager and runs as its own service account:

\`\`\`
drey kubernetes-session -Dkubernetes.cluster-id=etl -Dtaskmanager.numberOfTaskSlots=2 -Dkubernetes.service-account=flink
\`\`\`

Options come from seven sources. A later source overrides an earlier one:

1. the stock configuration: the file of Flink's distribution, and the defaults of \`flink run\`
2. \`defaults\` of the target
3. the \`config.yaml\` of \`FLINK_CONF_DIR\`, or its \`flink-conf.yaml\` for Flink 1.20
4. \`-Dkey=value\`, \`config\` of a request, or a \`SET\` of the cluster at the head of a SQL script
5. the command itself: cluster ID, mode and program
6. \`locked\` of the target's policy; a command with another value is refused ([policy.md](policy.md))
7. what Drey sets for each application, such as \`execution.shutdown-on-application-finish: false\`; a command with another value is refused

\`POST /v1/targets/{target}/plans\` shows the source of every value. Drey copies any other option to \`config.yaml\` unchanged.
Drey knows the names of all options of the five versions. An option that its version of Flink does not have causes a warning with what to write instead:
if it starts with \`kubernetes.\`, if it is one typing error away from an option, or if another version has it. Options of file systems, connectors and reporters cause none. The names in the \`SET\` statements of a SQL script are checked, too.

| type | syntax |
| --- | --- |
| list | \`a;b\` or \`[a, b]\` |
| map | \`a:1,b:2\`, or \`{a: 1, b: 2}\`, or one option for each name: \`key.a=1\`. Flink does not read such an option beside \`key\` of the same source, and a warning says so |
| list of maps | \`a:1,b:2;a:3\` or \`[{a: 1}, {a: 3}]\` |
| memory | a number with the unit b, k, m, g or t, each a power of 1024; bytes without a unit |
| duration | a number with the unit ms, s, min, h or d; milliseconds without a unit; since Flink 2.0 also \`PT1M\` |

Text in single or double quotes may contain \`;\`, \`,\` and \`:\`. \`<name>\` in an option stands for a name that you choose.
A deprecated name works as well, for every option of Flink. Drey replaces it with the name that the Flink version of the cluster reads first, before it merges the sources.
So \`-Dstate.checkpoints.num-retained=20\` overrides \`execution.checkpointing.num-retained\` of the target. If one source has several names of an option with different values, Flink's order decides, and a warning names them.

## Savepoint of a job

A program starts from one savepoint: \`-s PATH\`, \`restore\` of a request, or the option \`execution.state-recovery.path\` (deprecated: \`execution.savepoint.path\`). \`restoredFrom\` of the operation and of the job has the path, and \`drey describe\` shows it.

| where the path is | what happens |
| --- | --- |
| in a command, once or several times with the same path | The program starts from it. |
| in a command, two different paths | The command is refused, and both are named. |
| in the configuration folder | \`drey run\` and \`drey run-application\` refuse to start, unless the command names a savepoint itself. \`-Dexecution.state-recovery.path=\` (blank) stands for none. |
| in the configuration of a session | It is not applied, and a warning says so. A job never inherits it. |
| in \`defaults\` of a target | The target is refused. |

Flink's client would start every program from a path in its configuration folder. A path that is left there would also restore other programs, with the state of operators that have the same IDs.
To ignore it would start a program without its state. So Drey asks for a decision.

How a program uses the savepoint is in \`claimMode\` (\`--claimMode\`) and \`allowNonRestoredState\` (\`-n\`) of \`restore\`, or in the options \`execution.state-recovery.claim-mode\` and \`execution.state-recovery.ignore-unclaimed-state\`, also by their deprecated names:

- Flink gets what the command says, in either form. Two different values of one meaning are refused, and both are named. So is a value that is no claim mode.
- The defaults of Flink (\`NO_CLAIM\`, \`false\`) apply only if nothing else sets the option: not the command, not the target of an application, and not the session of a job.
- \`claimMode\` and \`allowNonRestoredState\` of \`restore\`, and the flags, require a savepoint.

The URI of a savepoint, a checkpoint or their directory must have a bucket in an object store: \`s3:/savepoints\` and \`s3:///savepoints\` are refused. \`file:/savepoints\` and \`hdfs:/savepoints\` are valid.

## Options that Drey interprets

| option | type | default | description |
| --- | --- | --- | --- |
`;

const types: Readonly<Record<string, string>> = {
  tolerations: 'list of maps: key, operator, value, effect, tolerationSeconds',
  ownerReferences: 'list of maps: apiVersion, kind, name, uid, controller, blockOwnerDeletion',
  secretVariables: 'list of maps: env, secret, key',
};

const row = ([key, option]: readonly [string, Option]): string => {
  const { type, default: standard = '', only, description } = option;
  const [, ...deprecated] = listKeysOfAllVersions(key);
  const since = flinkVersions.find((version) => isKnownKey(key, version));
  const kind = typeof type === 'string' ? (types[type] ?? type) : type.join(', ');
  const names = deprecated.length === 0 ? '' : ` Deprecated: ${deprecated.map(code).join(', ')}.`;
  const introduced = since === undefined || since === flinkVersions[0] ? '' : ` Flink ${since} and later.`;
  const refused = only === undefined ? '' : ` Drey accepts only ${only.values.map(code).join(', ')}: ${only.because}`;
  return `| ${code(key)} | ${kind} | ${standard === '' ? '' : code(standard)} | ${description}${introduced}${names}${refused} |`;
};

const code = (text: string): string => `\`${text}\``;

const compare = (one: string, other: string): number => (one < other ? -1 : 1);

/** Each option with deprecated names, of all versions and of those that differ. */
const listDeprecated = (): readonly string[] => {
  const found = new Map<string, FlinkVersion[]>();
  for (const version of flinkVersions)
    for (const [key, names] of keysOf(version).deprecated) {
      const cells = `${code(key)} | ${names.map(code).join(', ')}`;
      found.set(cells, [...(found.get(cells) ?? []), version]);
    }
  return [...found]
    .toSorted(([one], [other]) => compare(one, other))
    .map(
      ([cells, versions]) => `| ${cells} | ${versions.length === flinkVersions.length ? '' : versions.join(', ')} |`,
    );
};

const deprecatedNames = `
## Deprecated names

Flink reads these names if the option itself is not set, in this order. The last column has the versions of Flink, if not all have them.

| option | deprecated names | Flink |
| --- | --- | --- |
${listDeprecated().join('\n')}
`;

export const optionsPage = `${introduction}${Object.entries<Option>(options)
  .toSorted(([one], [other]) => compare(one, other))
  .map(row)
  .join('\n')}\n${deprecatedNames}`;

if (import.meta.main) writeFileSync('docs/options.md', optionsPage);
