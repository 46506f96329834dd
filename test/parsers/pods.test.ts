import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { deploy, getFile, getJobManager } from './deploy.ts';
import { flinkLines, type Reader, type Reading, useFlink } from './flink.ts';
import { expandVariables } from './kubelet.ts';
import { text } from './texts.ts';

const roles = { master: 'jobManager', taskmanager: 'taskManager' } as const;

const variables = fc.record({
  role: fc.constantFrom('master', 'taskmanager'),
  name: fc.constantFrom('PW', 'A', 'X', 'my.name', 'größe'),
  value: text,
});

/** A way to write a map as the value of an option. */
const forms = {
  'one option for each name': ([name, value]: Entry, option: string) => ({ [`${option}.${name}`]: value }),
  'the short form': ([name, value]: Entry, option: string) => ({ [option]: `${name}:${value}` }),
  'the short form with quotes': ([name, value]: Entry, option: string) => ({
    [option]: [name, value].map((part) => `'${part.replaceAll("'", "''")}'`).join(':'),
  }),
  YAML: ([name, value]: Entry, option: string) => ({ [option]: `{${name}: ${value}}` }),
  'YAML with quotes': ([name, value]: Entry, option: string) => ({
    [option]: `{${JSON.stringify(name)}: ${JSON.stringify(value)}}`,
  }),
} as const;

type Entry = readonly [name: string, value: string];

const fields = { labels: 'labels', annotations: 'annotations', 'node-selector': 'nodeSelector' } as const;

const maps = fc.record({
  entry: fc.tuple(
    fc.constantFrom('a', 'app.kubernetes.io/name', 'yes', '7e10', '1.20', '2001-01-01', 'x-y_z', 'null'),
    fc.oneof(text, fc.constantFrom('7e10', '1.20', 'yes', 'v1', '0x1f', '1_000', 'true', '007')),
  ),
  pod: fc.constantFrom('jobmanager', 'taskmanager'),
  field: fc.constantFrom('labels', 'annotations', 'node-selector'),
  form: fc.constantFrom(
    'one option for each name',
    'the short form',
    'the short form with quotes',
    'YAML',
    'YAML with quotes',
  ),
});

/** Without quotes, the syntax of the form decides what such a text means. */
const hasSyntax = (value: string) => /[^\w./-]|^$|^-/.test(value);

const readPods = async (
  line: (typeof flinkLines)[number],
  config: Readonly<Record<string, string>>,
  read: Reader,
): Promise<
  | {
      readonly reading: Reading;
      readonly jobManager: ReturnType<typeof getJobManager>;
      readonly warnings: readonly string[];
    }
  | undefined
> => {
  const manifests = deploy(line, { config });
  if (manifests === undefined) return undefined;
  const reading = await read({ file: 'config.yaml', text: getFile(manifests, 'config.yaml'), pods: true });
  expect(JSON.stringify(reading.error)).toBeUndefined();
  return { reading, jobManager: getJobManager(manifests), warnings: manifests.warnings };
};

describe.each(flinkLines)('with Flink %s', (line) => {
  const read = useFlink(line);

  it('a process gets the value of a variable as it was written, or a warning names the option', async () => {
    await fc.assert(
      fc.asyncProperty(variables, async ({ role, name, value }) => {
        const option = `containerized.${role}.env.${name}`;
        const pods = await readPods(line, { [option]: value }, read);
        if (pods === undefined) return; // refused
        const pod = pods.reading[roles[role]];
        const isWarned = pods.warnings.some((warning) => warning.startsWith(option));
        const expanded = expandVariables(pod.env[name] ?? 'no such variable', { HOME: '/root', X: 'x', A: 'a' });

        expect(role === 'master' ? pods.jobManager.env : pod.env).toMatchObject(pod.env);
        expect(isWarned ? value : expanded).toBe(value);
      }),
      { numRuns: 400 },
    );
  });

  it('both kinds of pods get labels, annotations and node selectors as they were written, or a warning names the option', async () => {
    await fc.assert(
      fc.asyncProperty(maps, async ({ entry, pod, field, form }) => {
        const option = `kubernetes.${pod}.${field}`;
        const config = forms[form](entry, option);
        const pods = await readPods(line, config, read);
        if (pods === undefined) return; // refused
        const isWarned = pods.warnings.some((warning) => warning.startsWith(option));
        const known = pods.reading[pod === 'jobmanager' ? 'jobManager' : 'taskManager'][fields[field]];
        const isQuoted = form.includes('quotes') || form.startsWith('one');
        const isPlain = isQuoted || !entry.some(hasSyntax);

        expect(pods.jobManager[fields[field]]).toMatchObject(pods.reading.jobManager[fields[field]]);
        expect(isPlain && !isWarned ? known[entry[0]] : entry[1]).toBe(entry[1]);
      }),
      { numRuns: 600 },
    );
  });
});
