import { styleText } from 'node:util';

import { describe, expect, it } from 'vitest';

import { application } from '#test/unit/cli/input/flink-operator/fixture.ts';
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
};
const plan = {
  clusterId: 'etl',
  objects: [],
  config: {},
  warnings: ['a is no option'],
  dryRun: 'passed',
  errors: [],
  digest: 'd'.repeat(64),
  state: { source: 'savepoint' },
  changes,
};
const suspended = { source: 'snapshot', kind: 'savepoint', path: 's3://b/s', at: '', ageSeconds: 7_300 };
const answer = (fields: object) => ({ [route]: { body: { ...plan, ...fields } } });
const running = { source: 'running' };
const sameAs = answer({ changes: { ...changes, unchanged: true, class: 'none', changes: [] }, state: running });
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
      rollout: { state: 'none' },
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
      { changes: { ...changes, class: 'none' }, state: running },
      /3\. Nothing that runs has changed, and nothing restarts\./,
    ],
    [
      'a rescale',
      { changes: { ...changes, class: 'rescale' }, state: running },
      /3\. Only the parallelism has changed\. The job is rescaled/,
    ],
    ['a suspended cluster', { state: suspended }, /starts from savepoint s3:\/\/b\/s, which is 2 h old\./],
    [
      'a suspended cluster whose spec is the same',
      { changes: { ...changes, changes: [] }, state: suspended },
      /^Cluster etl is unchanged \(revision 3\), and does not run\. `drey apply` resumes it\. The cluster starts from savepoint/,
    ],
    ['a suspended session', { state: { source: 'snapshot' } }, /starts with the jobs that it was suspended with\./],
    ['no state', { state: { source: 'none' } }, /there is no state to start from\./],
    [
      'a restart for a change that needs none',
      { changes: { ...changes, class: 'none' } },
      /3\. The cluster restarts\. The rollout stops its jobs with a savepoint/,
    ],
    [
      'a dropped state',
      { state: { source: 'none', dropped: true } },
      /3\. The state of the cluster is dropped: it starts/,
    ],
    [
      'a dropped state in place of which there is another one',
      { state: { source: 'restore', dropped: true, path: 's3://b/o' } },
      /state of the cluster is dropped: it starts from s3:\/\/b\/o\./,
    ],
    [
      'a state that may be dropped',
      { state: { source: 'savepoint', fallback: 'none' } },
      /If the savepoint fails, the state is dropped\./,
    ],
    [
      'another source after a failure',
      { state: { source: 'savepoint', fallback: 'last-state' } },
      /If the savepoint fails, it starts from the last checkpoint\./,
    ],
    [
      'the last checkpoint',
      { state: { source: 'last-state', lastState: { path: 's3://b/chk-3', ageSeconds: 30 }, fallback: 'none' } },
      /restarts from its last checkpoint\. Now, that is s3:\/\/b\/chk-3, which is 30 s old\. If there is none, the state is dropped\./,
    ],
    [
      'a job without a checkpoint',
      { state: { source: 'last-state', lastState: { path: 's3://b/s' } } },
      /restarts from s3:\/\/b\/s, from which its job was started, because it has no checkpoint yet\./,
    ],
    ['a last checkpoint that Flink does not tell', { state: { source: 'last-state' } }, /from its last checkpoint\.\n/],
    [
      'an option with the same value from another source',
      { changes: { ...changes, changes: [{ pointer: '/config/a', old: 'x', new: 'x', from: 'command' }] } },
      /~ config\.a: x, the same value from another source \(command\)/,
    ],
    [
      'a secret that may have changed',
      { changes: { ...changes, changes: [{ pointer: '/config/a', old: '******', new: '******', from: 'command' }] } },
      /~ config\.a: \*{6} → \*{6} \(command\)/,
    ],
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

  it.each([
    [{ source: 'none' }, 'without state'],
    [{ source: 'restore', path: 's3://b/s' }, 'from s3://b/s'],
    [{ source: 'restore' }, 'from what `restore` names'],
    [{ source: 'high-availability' }, 'with the jobs that Flink recovers from its high-availability data'],
  ])('says that a cluster does not run, which is a difference: %j', async (state, start) => {
    const { code, stdout } = await diff(answer({ changes: undefined, state }), ['--exit-code']);

    expect(stdout).toBe(`Cluster etl does not run. \`drey apply\` deploys it ${start}.\n`);
    expect(code).toBe(1);
  });

  it('plans with the options of an apply, which precede those of the file, and says to repeat them', async () => {
    const words = ['--state', 'last-state', '--fallback', 'none', '-n', '--restart', '--max-restarts', '2'];
    const { stderr } = await diff(answer({}), words);

    expect(server.received.at(-1)?.json).toMatchObject({
      rollout: { state: 'last-state', fallback: 'none', allowNonRestoredState: true, restart: true, maxRestarts: 2 },
    });
    expect(stderr).toContain(`Add --plan ${plan.digest} to \`drey apply\`, with the same options, to apply only this.`);
  });

  it.each([
    ['stateless', { state: 'none' }],
    ['savepoint', { state: 'savepoint' }],
    ['last-state', { state: 'last-state' }],
  ])('plans with the upgradeMode %s of a FlinkDeployment', async (upgradeMode, rollout) => {
    const { stderr } = await run(answer({}), ['diff', '-f', '-'], JSON.stringify(application({ upgradeMode })));

    expect(server.received.at(-1)?.json).toMatchObject({ mode: 'application', rollout });
    expect(stderr.includes('NOTE')).toBe(upgradeMode === 'stateless');
    expect(stderr).not.toContain('first deploy');
  });

  it.each([
    [[], 'it ends with a savepoint.'],
    [['--state', 'none'], 'its state is dropped.'],
  ])('says what an apply with %j does with an application that is to be suspended', async (words, end) => {
    const resource = application({ state: 'suspended', upgradeMode: 'savepoint' });
    const { stderr } = await run({}, ['diff', '-f', '-', ...words], JSON.stringify(resource));

    expect(stderr).toContain(`It has no plan. \`drey apply\` suspends the application if it runs: ${end}\n`);
  });

  it('names the member of the file that the API refuses, or the option that has set it', async () => {
    const errors = [
      { pointer: '/rollout/stabelWithin', detail: 'is unknown' },
      { pointer: '/rollout/maxRestarts', detail: 'must be a number' },
      { pointer: '/job/parallelism', detail: 'must be positive' },
    ];
    const body = { code: 'malformed-request', title: 'Malformed', status: 400, detail: 'no', retryable: false, errors };
    const { stderr } = await diff({ [route]: { status: 400, body } }, ['--max-restarts', 'many']);

    expect(stderr).toContain('  rollout.stabelWithin: is unknown\n  --max-restarts: must be a number\n  -p: must be');
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
