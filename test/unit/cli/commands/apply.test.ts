import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { sessionJob } from '#test/unit/cli/input/flink-operator/fixture.ts';
import { answersTo, applied, cluster, rolledBack, rollout } from '#test/unit/cli/rollout-fixture.ts';
import { useFolder, useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const folder = useFolder();
const route = `PUT ${cluster}`;
const listBodies = (method = 'PUT') =>
  server.received.filter((one) => one.method === method).map(({ path, json }) => ({ path, json }));

const write = (name: string, content: string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const own = write(
  'own.yaml',
  'mode: application\nclusterId: nightly\nconfig: { answer: "yes" }\njob: { jar: local:///a.jar }\n',
);
const unchanged = { [route]: { body: { result: 'unchanged', revision: 3 } } };

const flinkDeployment = (job: string) => `apiVersion: flink.apache.org/v1beta1
kind: FlinkDeployment
metadata: { name: nightly }
spec:
  image: flink:2.2
  flinkVersion: v2_2
  serviceAccount: flink
  jobManager: { resource: { memory: 2048m, cpu: 1 } }
  taskManager: { resource: { memory: 2048m, cpu: 1 } }
  job: ${job}
`;

describe('drey apply', () => {
  it('sends the deploy of a file, and waits for the rollout with its phases', async () => {
    const { code, stdout, stderr } = await run(answersTo(route, applied()), ['apply', '-f', own]);

    expect(code).toBe(0);
    expect(stdout).toBe('Cluster nightly runs revision 2.\n');
    expect(stderr).toMatch(/Checking after 2 s\nSnapshotting after 9 s\nStarting after 20 s\n/);
    expect(listBodies()).toEqual([
      { path: cluster, json: { mode: 'application', config: { answer: 'yes' }, job: { jar: 'local:///a.jar' } } },
    ]);
  });

  it('sends an idempotency key, so that a repeated request starts no second rollout', async () => {
    await run(unchanged, ['apply', '-f', own]);

    expect(server.received.at(-1)?.headers['idempotency-key']).toMatch(/^[-0-9a-f]{36}$/);
  });

  it('says that nothing has changed', async () => {
    const { code, stdout } = await run(unchanged, ['apply', '-f', own]);

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Cluster nightly is unchanged (revision 3).\n' });
  });

  it('returns at once with --no-wait', async () => {
    const { stdout } = await run(answersTo(route, rolledBack), ['apply', '-f', own, '--no-wait']);

    expect(stdout).toContain('Operation aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa is IN_PROGRESS.');
    expect(listBodies('GET').map(({ path }) => path)).not.toContain(cluster);
  });

  it('fails with the cause, and says what runs and where the state is', async () => {
    const { code, stderr } = await run(answersTo(route, rolledBack), ['apply', '-f', own]);

    expect(code).toBe(1);
    const end = stderr.slice(stderr.indexOf('Revision 2'));
    expect(end).toContain(
      'did not start (ImagePullBackOff): no such image. Revision 3, the spec of revision 1, runs again',
    );
    // Each fact is there once.
    expect(end.match(/ImagePullBackOff|savepoint-1/g)).toHaveLength(2);
  });

  it('sends its options, which precede those of the file', async () => {
    const file = write(
      'rollout.yaml',
      'mode: session\nclusterId: nightly\nrollout: { state: savepoint, stableWithin: 1min }\n',
    );
    const words = ['--state', 'none', '--max-restarts', '2', '--on-failure', 'keep', '-n', '--if-revision', '3'];
    await run(unchanged, ['apply', '-f', file, ...words, '--plan', 'abc', '-Dtaskmanager.numberOfTaskSlots=2']);

    expect(listBodies()).toMatchObject([
      {
        json: {
          config: { 'taskmanager.numberOfTaskSlots': '2' },
          rollout: {
            state: 'none',
            stableWithin: '1min',
            maxRestarts: 2,
            onFailure: 'keep',
            allowNonRestoredState: true,
          },
          ifRevision: 3,
          planDigest: 'abc',
        },
      },
    ]);
  });

  it('applies several documents and files, and reports the failures after all of them', async () => {
    const several = join(folder, 'several');
    mkdirSync(several);
    writeFileSync(join(several, 'a.yaml'), 'mode: session\nclusterId: one\n---\nmode: session\nclusterId: two\n');
    writeFileSync(join(several, 'b.json'), JSON.stringify({ mode: 'session', clusterId: 'three' }));
    const problem = {
      code: 'id-taken',
      title: 'taken',
      status: 409,
      detail: 'Cluster one is taken.',
      retryable: false,
    };
    const replies = {
      'PUT /v1/targets/local/clusters/one': { status: 409, body: problem },
      'PUT /v1/targets/local/clusters/two': { body: { result: 'unchanged', revision: 1 } },
      'PUT /v1/targets/local/clusters/three': { body: { result: 'unchanged', revision: 2 } },
    };
    const { code, stdout, stderr } = await run(replies, ['apply', '-f', several]);

    expect(code).toBe(1);
    expect(stdout).toBe('Cluster two is unchanged (revision 1).\nCluster three is unchanged (revision 2).\n');
    expect(stderr).toContain('1 of 3 documents failed.\n  cluster one: Cluster one is taken.');
  });

  it.each([
    ['{ jarURI: local:///a.jar, upgradeMode: savepoint }', { state: 'savepoint' }],
    ['{ jarURI: local:///a.jar, upgradeMode: last-state }', { state: 'last-state' }],
    [
      '{ jarURI: local:///a.jar, upgradeMode: stateless, allowNonRestoredState: true }',
      { state: 'none', allowNonRestoredState: true },
    ],
  ])('applies a FlinkDeployment with the state that it says: %s', async (job, rollout) => {
    await run(unchanged, ['apply', '-f', '-'], flinkDeployment(job));

    expect(listBodies()).toMatchObject([{ path: cluster, json: { mode: 'application', image: 'flink:2.2', rollout } }]);
  });

  it('reads a resource as kubectl does, and a deploy beside it as YAML 1.2', async () => {
    const text = `${flinkDeployment('{ jarURI: local:///a.jar, args: [on] }')}---\nmode: application\nclusterId: nightly\njob: { jar: local:///b.jar, args: [on] }\n`;
    await run(unchanged, ['apply', '-f', '-'], text);

    expect(listBodies()).toMatchObject([{ json: { job: { args: ['on'] } } }, { json: { job: { args: ['true'] } } }]);
  });

  it.each([
    [
      'a field that Drey cannot have',
      flinkDeployment('{ jarURI: local:///a.jar }').replace('spec:', 'spec:\n  mode: standalone'),
      'spec.mode',
      'native mode only',
    ],
    [
      'a deploy without a cluster ID',
      'mode: session\n',
      'A deploy of the standard input has no cluster ID.',
      'Write clusterId',
    ],
    ['no deploy', '- a\n', '- does not contain a deploy', 'the top level must be a mapping'],
    ['nothing', '', 'The standard input has no deploys.', ''],
  ])('refuses %s, and sends nothing', async (_what, input, message, wayOut) => {
    const { code, stderr } = await run(unchanged, ['apply', '-f', '-'], input);

    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(wayOut);
    expect(listBodies()).toEqual([]);
  });

  it.each([[['--if-revision', '3']], [['--plan', 'abc']], [['-Dkubernetes.cluster-id=etl']]])(
    'refuses %j for several deploys',
    async (words) => {
      const { code, stdout } = await run(
        unchanged,
        ['apply', '-f', '-', ...words],
        'clusterId: a\n---\nclusterId: b\n',
      );

      expect(code).toBe(1);
      expect(stdout).toContain('there are several deploys');
    },
  );

  it.each([[['--if-revision', '3']], [['--plan', 'abc']]])(
    'refuses %j for a deploy beside a resource',
    async (words) => {
      const text = `clusterId: nightly\n---\n${JSON.stringify(sessionJob())}`;
      const { code, stdout } = await run(unchanged, ['apply', '-f', '-', ...words], text);

      expect(code).toBe(1);
      expect(stdout).toContain(
        '--if-revision and --plan belong to one deploy, and FlinkSessionJob clicks has neither.',
      );
      expect(listBodies()).toEqual([]);
    },
  );

  it('prints the operation as JSON', async () => {
    const { stdout } = await run(answersTo(route, applied()), ['apply', '-f', own, '-o', 'json']);

    expect(JSON.parse(stdout)).toMatchObject({ operation: { state: 'SUCCEEDED' }, cluster: { clusterId: 'nightly' } });
  });

  it.each([
    [['--stable-within', '3'], '--stable-within: A duration is a number with a unit.'],
    [['--state', 'none'], '  rollout.stableWithin: A duration is a number with a unit.'],
  ])('with %j, names the option or the member of the file that the API refuses', async (words, line) => {
    const errors = [{ pointer: '/rollout/stableWithin', detail: 'A duration is a number with a unit.' }];
    const body = { code: 'malformed-request', title: 'Malformed', status: 400, detail: 'no', retryable: false, errors };
    const { stderr } = await run({ [route]: { status: 400, body } }, ['apply', '-f', own, ...words]);

    expect(stderr).toContain(line);
  });

  it('says that the state was dropped, as a phase and in the result', async () => {
    const dropped = applied({ rollout: { ...rollout, stateDropped: true } });
    const { stdout, stderr } = await run(answersTo(route, dropped), ['apply', '-f', own, '--state', 'none']);

    expect(stdout).toBe('Cluster nightly runs revision 2. Its former state was dropped.\n');
    expect(stderr).toContain('Ended without a snapshot after 9 s\n');
    expect(stderr).not.toContain('Snapshotting');
  });

  it('says that the last stable revision started without state, because the rollout had dropped it', async () => {
    const dropped = { ...rolledBack, rollout: { ...rollout, rolledBackTo: 1, stateDropped: true as const } };
    const { stderr } = await run(answersTo(route, dropped), ['apply', '-f', own, '--state', 'none']);

    expect(stderr).toContain('It started without state, because the rollout had dropped the state.');
  });

  it('prints the warning of a start without state', async () => {
    const warned = applied({ warnings: ['Cluster nightly starts without state.'] });
    const { stderr } = await run(answersTo(route, warned), ['apply', '-f', own]);

    expect(stderr).toContain('WARN Cluster nightly starts without state.\n');
  });

  it.each([
    ['savepoint', false],
    ['last-state', false],
    ['stateless', true],
  ])('notes that an upgradeMode drops the state: %s', async (upgradeMode, isNoted) => {
    const text = flinkDeployment(`{ jarURI: local:///a.jar, upgradeMode: ${upgradeMode} }`);
    const { stderr } = await run(unchanged, ['apply', '-f', '-'], text);

    const note =
      'spec.job.upgradeMode: stateless: the state is dropped when a change restarts the application, unless --state says otherwise.';
    expect(stderr.includes(note)).toBe(isNoted);
    expect(stderr.includes('upgradeMode')).toBe(isNoted);
  });
});
