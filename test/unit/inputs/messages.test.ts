import { describe, expect, it } from 'vitest';
import * as z from 'zod';

import { commands } from '#events/commands/index.ts';
import { parse, toProblem } from '#events/problems/problem.ts';
import { ScheduleBody } from '#events/records/schedules.ts';
import { Target } from '#events/records/target.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const deploy = commands.deploy.data;
const errorsOf = (schema: z.ZodType, value: unknown) =>
  faultOf(() => parse(schema, value))?.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);

const template = (spec: object) => ({ mode: 'session', podTemplates: { default: { spec } } });
const main = (fields: object) => template({ containers: [{ name: 'flink-main-container', ...fields }] });

describe('a mistake in a request', () => {
  it.each([
    [deploy, {}, '/mode is required: one of session, application, per-job'],
    [deploy, { mode: 'both' }, '/mode must be one of session, application, per-job'],
    [deploy, { mode: 'session', image: '' }, '/image must not be empty'],
    [deploy, { mode: 'session', image: null }, '/image must be text, not empty (null)'],
    [deploy, { mode: 'session', priority: 1.5 }, '/priority must be a whole number, not a fraction'],
    [deploy, { mode: 'session', priority: 5_000 }, '/priority must be at most 1000'],
    [
      deploy,
      { mode: 'session', podTemplates: { default: { spec: null } } },
      '/podTemplates/default/spec is empty; write a map, or remove it',
    ],
    [
      deploy,
      { mode: 'session', config: { a: null } },
      '/config/a must be text or a number or true or false, not empty (null)',
    ],
    [
      deploy,
      { mode: 'session', config: { 'a b': '1' } },
      '/config/a b An option name looks like kubernetes.jobmanager.cpu.amount.',
    ],
    [deploy, { mode: 'session', deadline: 'soon' }, '/deadline must be a time, for example 2026-11-24T20:00:00Z'],
    [
      deploy,
      { mode: 'session', labels: { 'a/b': 'c' } },
      '/labels/a~1b A label name has at most 63 letters, digits, "-", "_" and ".", and starts and ends with a letter or digit.',
    ],
    [deploy, { mode: 'session', 'a/b~c': 1 }, '/a~1b~0c is unknown'],
    [deploy, { mode: 'session', config: { a: 'x\ud800' } }, '/config/a is not well-formed Unicode'],
    [
      deploy,
      { mode: 'application', job: { jar: 'local:///x.jar', args: ['a\0b'] } },
      '/job/args/0 must not contain the character NUL',
    ],
    [deploy, { mode: 'application', job: { args: [] } }, '/job must have exactly one of jar, sql, python'],
    [deploy, { mode: 'application', job: { jar: 'a', python: {} } }, '/job must have exactly one of jar, sql, python'],
    [deploy, { mode: 'application', job: { jar: '' } }, '/job/jar must not be empty'],
    [deploy, { mode: 'application', job: { jar: 'a', args: 'b' } }, '/job/args must be a list, not text'],
    [deploy, { mode: 'application', job: { python: { file: 1 } } }, '/job/python/file must be text, not a number'],
    [deploy, { mode: 'application', job: { python: {} } }, '/job/python Set either file or module.'],
    [
      commands.stop.data,
      { savepointDirectory: 'savepoints' },
      '/savepointDirectory must be a URL, for example s3://bucket/path',
    ],
    [z.union([z.strictObject({ a: z.string().min(2) }), z.string()]), { a: 'x' }, '/a must have at least 2 characters'],
    [deploy, template({ nodeSelector: 'x' }), '/podTemplates/default/spec/nodeSelector must be a map, not text'],
    [deploy, template({ volumes: {} }), '/podTemplates/default/spec/volumes must be a list, not a map'],
    [deploy, main({ env: { TZ: 'UTC' } }), '/podTemplates/default/spec/containers/0/env must be a list, not a map'],
    [
      deploy,
      template({ containers: null }),
      '/podTemplates/default/spec/containers is empty; write a list, or remove it',
    ],
    [deploy, main({ image: 5 }), '/podTemplates/default/spec/containers/0/image must be text, not a number'],
    [z.array(z.int()).max(1), [1, 2], '/ must have at most 1 items'],
    [ScheduleBody, { action: 'start' }, '/action must be one of stop, suspend, resume, rescale, deploy, apply'],
    [ScheduleBody, {}, '/action is required: one of stop, suspend, resume, rescale, deploy, apply'],
    [deploy, JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`), '/a/a/a is nested deeper than 64 levels'],
  ])('is named with what to write (%#)', (schema, value, expected) => {
    expect(errorsOf(schema, value)).toEqual([expected]);
  });
});

describe('an option name', () => {
  it.each([
    'kubernetes.taskmanager.annotations.prometheus.io/scrape',
    'kubernetes.jobmanager.node-selector.karpenter.sh/capacity-type',
    'metrics.reporter.otel.transform.attribute-value-length-limits.*',
    '$internal.pipeline.job-id',
  ])('may be %s', (name) => {
    expect(parse(deploy, { mode: 'session', config: { [name]: true } }).config).toEqual({ [name]: 'true' });
  });
});

describe('the defaults of a target', () => {
  it('take numbers and booleans, as a deploy does', () => {
    const defaults = { 'execution.checkpointing.num-retained': 5, 'execution.checkpointing.incremental': false };
    const target = parse(Target, { cluster: 'a', region: 'eu-central-1', namespace: 'flink', defaults });

    expect(target.defaults).toEqual({
      'execution.checkpointing.num-retained': '5',
      'execution.checkpointing.incremental': 'false',
    });
  });
});

describe('the problem of a large mistake', () => {
  it('fits into a message, an event and a record', () => {
    const labels = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${'a/'.repeat(8_000)}${index}`, 'x']));
    const fault = faultOf(() => parse(deploy, { mode: 'session', labels }));

    const problem = toProblem(fault);

    expect(problem.errors?.length).toBeLessThanOrEqual(50);
    expect(JSON.stringify(problem).length).toBeLessThan(100_000);
  });
});
