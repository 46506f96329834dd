import { styleText } from 'node:util';

import { describe, expect, it } from 'vitest';

import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const route = 'POST /v1/targets/local/plans';
const spec = 'mode: application\nclusterId: etl\nrollout: { state: none }\njob: { jar: local:///a.jar }\n';

const changes = {
  revision: 3,
  unchanged: false,
  class: 'restart',
  changes: [
    { pointer: '/job/parallelism', old: 2, new: 4, from: 'command' },
    { pointer: '/job/args', old: [], new: ['--n', '1'], from: 'command' },
    { pointer: '/config/a~1b', old: '1', from: 'target' },
    { pointer: '/config/c', new: '', from: 'folder' },
  ],
  state: { source: 'savepoint' },
};
const plan = {
  clusterId: 'etl',
  objects: [],
  config: {},
  warnings: ['a is no option'],
  dryRun: 'passed',
  errors: [],
  digest: 'd'.repeat(64),
  changes,
};
const answer = (fields: object) => ({ [route]: { body: { ...plan, ...fields } } });
const sameAs = answer({ changes: { ...changes, unchanged: true, class: 'none', changes: [] } });
const diff = (replies: object, words: readonly string[] = []) =>
  run({ ...replies }, ['diff', '-f', '-', ...words], spec);

describe('drey diff', () => {
  it('prints each change with its values and its source, and what the apply does', async () => {
    const { code, stdout, stderr } = await diff(answer({}));

    expect(code).toBe(0);
    expect(stdout)
      .toBe(`Cluster etl differs from revision 3. The cluster restarts. The rollout stops its jobs with a savepoint, and starts from it.
  ~ job.parallelism: 2 → 4 (command)
  ~ job.args: [] → ["--n","1"] (command)
  - config.a/b: 1 (target)
  + config.c: "" (folder)
`);
    expect(stderr).toContain('WARN a is no option\n');
    expect(stderr).toContain(`--plan ${plan.digest}`);
    expect(server.received.at(-1)?.json).toEqual({
      mode: 'application',
      clusterId: 'etl',
      job: { jar: 'local:///a.jar' },
    });
  });

  it('colors the changes on a terminal', async () => {
    const { formatChanges } = await import('#cli/output/change-lines.ts');
    const { WriteStream } = await import('node:tty');
    const terminal = Object.create(WriteStream.prototype, {
      isTTY: { value: true },
      getColorDepth: { value: () => 8 },
      hasColors: { value: () => true },
    });

    expect(formatChanges([{ pointer: '/image', old: 'a', from: 'command' }], terminal)).toEqual([
      styleText('red', '- image: a (command)', { validateStream: false }),
    ]);
  });

  it.each<[string, object, RegExp]>([
    [
      'a change of the record only',
      { changes: { ...changes, class: 'none' } },
      /3\. Nothing that runs has changed, and nothing restarts\./,
    ],
    [
      'a rescale',
      { changes: { ...changes, class: 'rescale' } },
      /3\. Only the parallelism has changed\. The job is rescaled/,
    ],
    [
      'a suspended cluster',
      {
        changes: {
          ...changes,
          state: { source: 'snapshot', kind: 'savepoint', path: 's3://b/s', at: '', ageSeconds: 7_300 },
        },
      },
      /starts from savepoint s3:\/\/b\/s, which is 2 h old\./,
    ],
    ['no state', { changes: { ...changes, state: { source: 'none' } } }, /there is no state to start from\./],
    [
      'what the API server refuses',
      { dryRun: 'refused', errors: [{ pointer: '', detail: 'denied by a webhook' }] },
      /The target refuses: denied by a webhook/,
    ],
  ])('says %s', async (_what, fields, expected) => {
    expect((await diff(answer(fields))).stdout).toMatch(expected);
  });

  it('has the exit codes of kubectl with --exit-code', async () => {
    const refused = {
      status: 422,
      body: { code: 'refused-option', title: 'no', status: 422, detail: 'no', retryable: false },
    };

    expect(await diff(sameAs, ['--exit-code'])).toMatchObject({
      code: 0,
      stdout: 'Cluster etl is unchanged (revision 3).\n',
    });
    expect((await diff(answer({}), ['--exit-code'])).code).toBe(1);
    expect((await diff({ [route]: refused }, ['--exit-code'])).code).toBe(2);
    expect((await diff({}, ['--exit-code', '--unknown'])).code).toBe(2);
    expect((await diff({ [route]: refused }, ['--exit-code', '--output', 'json'])).code).toBe(2);
  });

  it('says that a cluster does not run, which is a difference', async () => {
    const { code, stdout } = await diff(answer({ changes: undefined }), ['--exit-code']);

    expect(stdout).toBe('Cluster etl does not run. `drey apply` deploys it.\n');
    expect(code).toBe(1);
  });

  it('fails for a live cluster whose spec is not known', async () => {
    const live = { 'GET /v1/targets/local/clusters/etl': { body: { clusterId: 'etl', state: 'RUNNING' } } };
    const { code, stderr } = await diff({ ...answer({ changes: undefined }), ...live }, ['--exit-code']);

    expect(stderr).toContain('The spec of cluster etl is not stored');
    expect(code).toBe(2);
  });

  it('prints the plan as JSON', async () => {
    expect(JSON.parse((await diff(answer({}), ['-o', 'json'])).stdout)).toEqual(plan);
  });
});
