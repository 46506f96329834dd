import { describe, expect, it } from 'vitest';

import { formatBytes } from '../../../dashboard/model/bytes.ts';
import { toOptions, withoutMasks } from '../../../dashboard/model/configuration.ts';
import { findRootCause, parseExceptions } from '../../../dashboard/model/exceptions.ts';
import { findFailure } from '../../../dashboard/model/failure.ts';
import { parseJobDetails, toJobRows } from '../../../dashboard/model/job-details.ts';
import { diffSpecs, formatValue } from '../../../dashboard/model/spec-diff.ts';
import { toTimeline } from '../../../dashboard/model/timeline.ts';
import {
  makeCluster,
  makeFlinkExceptions,
  makeFlinkJob,
  makeJob,
  makeOperation,
  makeProblem,
  makeTransition,
} from '../support/fixtures.ts';

const jobId = makeJob().jobId;

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_572_864, '1.5 MiB'],
    [500 * 1_024 ** 3, '500 GiB'],
    [3 * 1_024 ** 5, '3072 TiB'],
  ])('%i is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('toTimeline', () => {
  const operation = makeOperation({
    startedAt: '2026-11-30T07:59:05.000Z',
    phases: [
      { name: 'Scheduled', at: '2026-11-30T07:59:10.000Z' },
      { name: 'RestUp', at: '2026-11-30T07:59:50.000Z' },
    ],
  });
  const names = (...parameters: Parameters<typeof toTimeline>) => toTimeline(...parameters).map(({ name }) => name);

  it('has the phases of the deploy and the changes of state in the order of their times', () => {
    const transitions = [
      makeTransition(),
      makeTransition({ sequence: 2, to: 'DEPLOYING', at: '2026-11-30T07:59:06.000Z' }),
      makeTransition({ sequence: 3, to: 'RUNNING', at: '2026-11-30T08:00:00.000Z' }),
      makeTransition({ sequence: 4, to: 'STOPPED', at: '2026-11-30T10:00:00.000Z' }),
    ];
    expect(names(makeCluster({ state: 'STOPPED' }), transitions, operation)).toEqual([
      'Requested',
      'Admitted',
      'DEPLOYING',
      'JobManager has a node',
      "Flink's REST API responds",
      'RUNNING',
      'STOPPED: all objects are gone',
    ]);
  });

  it('leaves out what was before the incarnation', () => {
    const earlier = makeTransition({ to: 'STOPPED', at: '2026-11-29T08:00:00.000Z' });
    expect(names(makeCluster(), [earlier], makeOperation())).toEqual(['Requested']);
  });

  it('has the transitions alone when the deploy is not known any more', () => {
    expect(names(makeCluster({ state: 'STOPPING' }), [makeTransition()], undefined)).toEqual([
      'REQUESTED',
      'All objects are gone',
    ]);
  });

  it('says what a deploy waits for, and why it failed', () => {
    const pending = makeOperation({ state: 'IN_PROGRESS', phase: 'Waiting for a node' });
    expect(names(makeCluster({ state: 'DEPLOYING' }), [], pending)).toEqual([
      'Requested',
      'Waiting for a node',
      'RUNNING',
    ]);
    const failed = makeOperation({ state: 'FAILED', problem: makeProblem({ detail: 'No such image.' }) });
    const steps = toTimeline(makeCluster({ state: 'FAILED' }), [], failed);
    expect(steps.at(-1)).toMatchObject({ name: 'Deploy failed', status: 'error', detail: 'No such image.' });
  });

  it('ends with the end of the lifetime of a running cluster', () => {
    const lifetime = { savepoint: 'none', ha: 'keep', warnBefore: '10min', version: 1 } as const;
    const cluster = makeCluster({ lifetime: { ...lifetime, endsAt: '2026-11-30T18:00:00.000Z' } });
    expect(toTimeline(cluster, [], operation).at(-1)).toEqual({
      name: 'End of its lifetime',
      at: '2026-11-30T18:00:00.000Z',
      status: 'pending',
    });
  });
});

describe('findFailure', () => {
  it('finds none of a healthy cluster', () => {
    expect(findFailure(makeCluster(), [makeJob()], makeOperation())).toBeUndefined();
  });

  it('tells each cause of a failed application once', () => {
    const cluster = makeCluster({
      state: 'FAILED',
      uid: '1',
      reason: 'ProgramFailed',
      message: 'The program failed: java.io.FileNotFoundException: orders.parquet',
      program: { state: 'FAILED', message: 'java.io.FileNotFoundException: orders.parquet' },
    });
    const job = makeJob({ state: 'FAILED', message: 'Recovery is suppressed' });
    expect(findFailure(cluster, [job], makeOperation())).toMatchObject({
      title: 'Cluster nightly failed',
      reason: 'ProgramFailed',
      message: 'The program failed: java.io.FileNotFoundException: orders.parquet\nRecovery is suppressed',
      hasLog: true,
    });
  });

  it('has the problem of the deploy and its way out, and no log of a cluster that never had a Deployment', () => {
    const problem = makeProblem({ code: 'target-unreachable', detail: 'The API server does not answer.', status: 502 });
    const failure = findFailure(makeCluster({ state: 'FAILED' }), [], makeOperation({ state: 'FAILED', problem }));
    expect(failure).toMatchObject({ message: 'The API server does not answer.', hasLog: false });
    expect(failure?.wayOut).not.toContain('Read the log');
  });

  it('tells that Flink does not respond, before a job that restarts', () => {
    const since = '2026-11-30T11:00:00.000Z';
    const conditions = [{ type: 'Reachable', status: 'False', reason: 'NoAnswer', message: '5 s', since }] as const;
    const restarting = makeJob({ state: 'RESTARTING', message: 'kafka-0 refused' });
    expect(findFailure(makeCluster({ conditions: [...conditions] }), [restarting], undefined)?.title).toBe(
      'Flink does not respond',
    );
    expect(findFailure(makeCluster(), [restarting, restarting], undefined)).toMatchObject({
      title: 'Job TopSpeedWindowing is RESTARTING',
      message: 'kafka-0 refused\nJob TopSpeedWindowing is RESTARTING.',
    });
  });
});

describe('parseJobDetails', () => {
  it('reads the checkpoints and the vertices of each job', () => {
    const details = parseJobDetails({ [jobId]: makeFlinkJob() }).get(jobId);
    expect(details).toMatchObject({ name: 'TopSpeedWindowing', state: 'RUNNING', endTime: undefined });
    expect(details?.checkpoints).toMatchObject({ completed: 2, failed: 1 });
    expect(details?.checkpoints.latest).toMatchObject({
      id: 3,
      completedAt: '2026-11-30T11:53:00.250Z',
      sizeBytes: 1_572_864,
      durationMs: 250,
    });
    expect(details?.checkpoints.history.map(({ id, failure }) => [id, failure])).toEqual([
      [3, undefined],
      [2, 'Checkpoint expired before completing.'],
      [1, undefined],
    ]);
    expect(details?.vertices.map(({ name, isSource }) => [name, isSource])).toEqual([
      ['Source: cars', true],
      ['Window -> Sink', false],
    ]);
  });

  it.each([[undefined], [null], ['text'], [{ [jobId]: null }], [{ [jobId]: { details: [], checkpoints: 3 } }]])(
    'reads nothing of %j',
    (content) => {
      for (const { vertices, checkpoints } of parseJobDetails(content).values()) {
        expect(vertices).toEqual([]);
        expect(checkpoints).toMatchObject({ completed: 0, history: [], latest: undefined });
      }
    },
  );

  it('adds the jobs that only Flink knows to those that the API lists', () => {
    const other = 'ab'.repeat(16);
    const details = parseJobDetails({ [jobId]: makeFlinkJob(), [other]: makeFlinkJob(other) });
    const rows = toJobRows([makeJob({ finalSavepoint: 's3://final' })], details);
    expect(rows.map((row) => [row.jobId, row.savepoint])).toEqual([
      [jobId, 's3://final'],
      [other, undefined],
    ]);
  });
});

describe('parseExceptions', () => {
  it('reads the history, whose root cause is the last one', () => {
    const [exception] = parseExceptions({ [jobId]: makeFlinkExceptions() });
    expect(exception).toMatchObject({ jobId, at: '2026-11-30T09:59:00.000Z', task: 'Source: orders (1/2)' });
    expect(findRootCause(exception?.stackTrace ?? '')).toBe(
      'java.io.FileNotFoundException: s3://reports/orders.parquet',
    );
  });

  it('reads the root exception of a job without a history, and nothing of another form', () => {
    const root = { 'root-exception': 'java.lang.IllegalStateException: no\n\tat a', timestamp: 0 };
    expect(parseExceptions({ [jobId]: root, other: null })).toEqual([
      {
        jobId,
        name: 'java.lang.IllegalStateException',
        at: '1970-01-01T00:00:00.000Z',
        stackTrace: root['root-exception'],
      },
    ]);
    expect(parseExceptions('text')).toEqual([]);
  });
});

describe('toOptions', () => {
  const plan = {
    config: {
      'taskmanager.numberOfTaskSlots': { value: 4, from: 'command' },
      'kubernetes.service-account': { value: 'flink', from: 'target' },
      'pipeline.classpaths': { value: ['a', 'b'], from: 'drey' },
    },
  } as const;

  it('has the values of Flink with the origins of the plan, and tells what a deploy would change', () => {
    const flink = [
      { key: 'taskmanager.numberOfTaskSlots', value: '2' },
      { key: 'jobmanager.rpc.address', value: 'nightly' },
      { key: 's3.secret-key', value: '******' },
      null,
    ];
    expect(
      toOptions(
        flink,
        { config: { ...plan.config, 'pipeline.classpaths': { value: ['a', 'b'], from: 'drey' } } },
        { 's3.secret-key': '******' },
      ),
    ).toEqual([
      { key: 'jobmanager.rpc.address', value: 'nightly', origin: 'flink', isSecret: false },
      { key: 'kubernetes.service-account', value: 'flink', origin: 'target', isSecret: false },
      { key: 'pipeline.classpaths', value: 'a;b', origin: 'drey', isSecret: false },
      { key: 's3.secret-key', value: '******', origin: 'command', isSecret: true },
      { key: 'taskmanager.numberOfTaskSlots', value: '2', origin: 'command', isSecret: false, planned: '4' },
    ]);
  });

  it('has nothing without answers', () => expect(toOptions(undefined, undefined)).toEqual([]));

  it('takes the masked options out of a spec, because the API refuses them', () => {
    const deploy = { mode: 'session', config: { a: '1', 's3.secret-key': '******' } };
    expect(withoutMasks(deploy)).toEqual({
      spec: { mode: 'session', config: { a: '1' } },
      secrets: { 's3.secret-key': '******' },
    });
    expect(withoutMasks({ mode: 'session' })).toEqual({ spec: { mode: 'session', config: {} }, secrets: {} });
  });
});

describe('diffSpecs', () => {
  it('names the members that differ by their pointers', () => {
    const from = { config: { 'a/b': '1', same: 'x', gone: '1' }, job: { args: ['a', 'b'] } };
    const to = { config: { 'a/b': '2', same: 'x' }, job: { args: ['b', 'a'] }, image: 'flink:2.2' };
    expect(diffSpecs(from, to)).toEqual([
      { pointer: '/config/a~1b', old: '1', new: '2' },
      { pointer: '/config/gone', old: '1' },
      { pointer: '/image', new: 'flink:2.2' },
      { pointer: '/job/args', old: ['a', 'b'], new: ['b', 'a'] },
    ]);
    expect(diffSpecs(from, structuredClone(from))).toEqual([]);
  });

  it('shows texts as they are, and the rest as JSON', () => {
    expect([formatValue('a'), formatValue(2), formatValue(undefined)]).toEqual(['a', '2', '–']);
  });
});
