import { describe, expect, it } from 'vitest';

import { sessionJob } from '#test/unit/cli/input/flink-operator/fixture.ts';
import { problem } from '#test/unit/cli/loopback-api.ts';
import { id } from '#test/unit/cli/operation-fixture.ts';
import {
  accept,
  clusterAt,
  jobAt,
  jobsAt,
  newOperation,
  session,
  useResources,
} from '#test/unit/cli/resource-fixture.ts';

const { run, jarFile, apply, post, startedBy } = useResources();

describe('a FlinkStateSnapshot', () => {
  const snapshot = (spec: object, kind = 'FlinkDeployment', name = 'etl') => ({
    apiVersion: 'flink.apache.org/v1beta1',
    kind: 'FlinkStateSnapshot',
    metadata: { name: 'before-release' },
    spec: { jobReference: { kind, name }, ...spec },
  });
  const end = newOperation({ operationId: id('e'), kind: 'savepoint', savepoint: 's3://bucket/savepoint-1' });
  const taking = (what = 'savepoints') => ({
    ...clusterAt({ mode: 'application' }),
    ...accept(`POST ${session}/jobs/${id('b')}/${what}`, end),
  });

  it('is taken of the job of an application, once', async () => {
    const savepoint = { path: 's3://bucket/savepoints', formatType: 'NATIVE', disposeOnDelete: false };
    const replies = { ...taking(), ...jobsAt(jobAt(), jobAt({ jobId: id('f'), state: 'FINISHED' })) };

    const { code, stdout } = await apply(replies, [snapshot({ savepoint })]);
    const key = post()[0]?.headers['idempotency-key'];

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `FlinkStateSnapshot/default/before-release is snapshot ${id('e')}. Path: s3://bucket/savepoint-1\n`,
    });
    expect(post()).toMatchObject([{ json: { directory: 's3://bucket/savepoints', format: 'NATIVE' } }]);
    await apply(replies, [snapshot({ savepoint })]);
    expect(post()[0]?.headers['idempotency-key']).toBe(key);
  });

  it.each([
    [{}, true],
    [{ checkpointType: 'INCREMENTAL' }, false],
  ])('is a checkpoint: %j', async (checkpoint, full) => {
    await apply({ ...taking('checkpoints'), ...jobsAt(jobAt()) }, [snapshot({ checkpoint })]);

    expect(post()).toMatchObject([{ path: `${session}/jobs/${id('b')}/checkpoints`, json: { full } }]);
  });

  it('is taken of a job of a session that the files have', async () => {
    const resource = sessionJob({ jarURI: jarFile });
    const started = await startedBy(resource);
    const other = jobAt({ jobId: id('f'), operationId: id('f') });
    const replies = { ...taking(), ...started, ...jobsAt(jobAt(), other) };

    const { code } = await apply(replies, [
      snapshot({ savepoint: { disposeOnDelete: false } }, 'FlinkSessionJob', 'clicks'),
      resource,
    ]);

    expect(code).toBe(0);
    expect(post()).toMatchObject([{ path: `${session}/jobs/${id('b')}/savepoints` }]);
  });

  it('is refused while its job does not run', async () => {
    const { code, stderr } = await apply({ ...taking(), ...jobsAt() }, [snapshot({ savepoint: {} })]);

    expect(code).toBe(1);
    expect(stderr).toContain('needs the job of cluster etl, which runs 0 jobs');
  });

  it('is a command line of drey convert', async () => {
    const savepoint = { path: 's3://bucket/savepoints', formatType: 'NATIVE', disposeOnDelete: false };
    const { stdout } = await run({}, ['convert', '-f', '-'], JSON.stringify(snapshot({ savepoint })));

    expect(stdout).toContain(
      '#   drey savepoint -Dkubernetes.cluster-id=etl --type native JOB s3://bucket/savepoints\n',
    );
  });

  it('fails like the API', async () => {
    const route = `POST ${session}/jobs/${id('b')}/savepoints`;
    const replies = { ...clusterAt(), ...jobsAt(jobAt()), [route]: problem('wrong-state', 409, 'The job ended.') };

    expect(await apply(replies, [snapshot({ savepoint: {} })])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The job ended.') as string,
    });
  });
});
