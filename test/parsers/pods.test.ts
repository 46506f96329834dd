import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';

import { checkAll, type Rendered } from './batches.ts';
import { deploy, expectRefusal, getFile, getJobManager, isWarned } from './deploy.ts';
import { flinkLines, type FlinkRequest, type Reading, useFlink } from './flink.ts';
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

const plain = fc.stringMatching(/^[A-Za-z0-9]([-_.A-Za-z0-9]{0,10}[A-Za-z0-9])?$/);
const words = fc.constantFrom('7e10', '1.20', 'yes', 'v1', '0x1f', '1_000', 'true', '007', 'on', '2001-01-01', 'null');

const maps = fc
  .record({
    pod: fc.constantFrom('jobmanager', 'taskmanager'),
    field: fc.constantFrom('labels', 'annotations', 'node-selector'),
    form: fc.constantFrom(
      'one option for each name',
      'the short form',
      'the short form with quotes',
      'YAML',
      'YAML with quotes',
    ),
  })
  .chain(({ pod, field, form }) => {
    // Without quotes, the syntax of the form decides what another text means. Kubernetes limits labels.
    const isFree = field === 'annotations' && !['the short form', 'YAML'].includes(form);
    const value = fc.oneof({ weight: 3, arbitrary: isFree ? text : plain }, words, {
      weight: isFree ? 1 : 0,
      arbitrary: text,
    });
    const name = fc.constantFrom('a', 'app.kubernetes.io/name', 'yes', '7e10', '1.20', '2001-01-01', 'x-y_z', 'null');
    return fc.record({
      entry: fc.tuple(name, value),
      pod: fc.constant(pod),
      field: fc.constant(field),
      form: fc.constant(form),
    });
  });

describe.each(flinkLines)('with Flink %s', (line) => {
  const read = useFlink(line);

  it('a process gets the value of a variable as it was written, or a warning names the option', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: variables,
      render: ({ role, name, value }): Rendered<FlinkRequest, Reading> => {
        const option = `containerized.${role}.env.${name}`;
        const cluster = deploy(line, { config: { [option]: value } });
        if (cluster instanceof Fault) return expectRefusal(cluster, [option]);
        return {
          request: { file: 'config.yaml', text: getFile(cluster, 'config.yaml'), pods: true },
          verify: (reading: Reading) => {
            expect(reading).not.toHaveProperty('error');
            const { env } = reading[roles[role]];
            expect(role === 'master' ? getJobManager(cluster).env : env).toMatchObject(env);
            const variable = expandVariables(env[name] ?? 'no such variable', { HOME: '/root', X: 'x', A: 'a' });
            if (isWarned(cluster, option)) return 'warned';
            expect(variable).toBe(value);
            return 'equal';
          },
        };
      },
      ask: read,
    });
  });

  it('both kinds of pods get labels, annotations and node selectors as they were written, or a warning names the option', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: maps,
      render: ({ entry, pod, field, form }): Rendered<FlinkRequest, Reading> => {
        const option = `kubernetes.${pod}.${field}`;
        const cluster = deploy(line, { config: forms[form](entry, option) });
        if (cluster instanceof Fault) return expectRefusal(cluster, [option]);
        return {
          request: { file: 'config.yaml', text: getFile(cluster, 'config.yaml'), pods: true },
          verify: (reading: Reading) => {
            expect(reading).not.toHaveProperty('error');
            const known = reading[pod === 'jobmanager' ? 'jobManager' : 'taskManager'][fields[field]];
            expect(getJobManager(cluster)[fields[field]]).toMatchObject(reading.jobManager[fields[field]]);
            if (isWarned(cluster, option)) return 'warned';
            expect(known).toMatchObject({ [entry[0]]: entry[1] });
            return 'equal';
          },
        };
      },
      ask: read,
    });
  });
});
