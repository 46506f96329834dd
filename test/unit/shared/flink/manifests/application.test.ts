import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

import { render } from './fixture.ts';

describe('an application cluster', () => {
  const job = { jar: 'local:///opt/flink/usrlib/job.jar', args: ['--n', '3'] };
  const rendered = (config: Record<string, string> = {}, rest: Partial<ClusterInput> = {}) =>
    renderCluster({ mode: 'application', clusterId: 'nest', namespace: 'trees', config, job, ...rest });
  const configOf = (manifests: ReturnType<typeof renderCluster>) =>
    Object.fromEntries(Object.entries(manifests.config).map(([key, { value }]) => [key, value]));

  it('starts the program with its arguments', () => {
    const { deployment, config } = rendered({}, { job: { ...job, entryClass: 'a.Main', parallelism: 3 } });

    expect(deployment.spec?.template.spec?.containers[0]?.args?.[2]).toBe(
      'kubernetes-jobmanager.sh kubernetes-application ',
    );
    expect(configOf({ ...rendered(), config })).toMatchObject({
      'pipeline.jars': [job.jar],
      '$internal.application.main': 'a.Main',
      '$internal.application.program-args': ['--n', '3'],
      'parallelism.default': 3,
      'execution.attached': true,
    });
  });

  it("keeps an option of the caller that Flink's client would overwrite", () => {
    const config = { 'execution.attached': 'false', 'execution.state-recovery.claim-mode': 'CLAIM' };

    expect(configOf(rendered(config))).toMatchObject({ ...config, 'execution.attached': false });
  });

  it('has the options of Drey, whatever the caller requests', () => {
    const drey = { 'execution.shutdown-on-application-finish': 'false' };

    expect(configOf(rendered({}, { drey }))).toMatchObject(drey);
    expect(configOf(rendered({ 'execution.shutdown-on-application-finish': 'true' }, { drey }))).toMatchObject(drey);
  });

  it.each([
    ['./job.jar', 'is a local path'],
    ['/opt/job.jar', 'is a local path'],
    ['file:///opt/job.jar', 'names a file on the disk of the JobManager'],
    ['http://host/job.jar', 'use https://'],
    ['ftp://host/job.jar', 'has the scheme ftp'],
    ['local://job.jar', 'does not name a file in the image'],
    ['s3:job.jar', 'does not name a file'],
    ['https://host', 'does not name a file'],
    ['local:///opt/my job.jar', 'write %20 for a space'],
  ])('rejects the jar %s: it %s', (jar, why) => {
    expect(faultOf(() => rendered({}, { job: { ...job, jar } }))?.errors).toEqual([
      { pointer: '/job/jar', detail: expect.stringContaining(why) },
    ]);
  });

  it.each(['s3://jars/job.jar', 'https://host/job.jar', 'hdfs:///job.jar'])('accepts the jar %s', (jar) => {
    expect(() => rendered({}, { job: { ...job, jar } })).not.toThrow();
  });

  it('can fetch over plain HTTP when the option allows it', () => {
    const config = { 'user.artifacts.raw-http-enabled': 'true' };

    expect(() => rendered(config, { job: { ...job, jar: 'http://host/job.jar' } })).not.toThrow();
  });

  it('requires a program, which a session rejects', () => {
    expect(faultOf(() => rendered({}, { job: undefined }))?.errors).toMatchObject([{ pointer: '/job' }]);
    expect(faultOf(() => render({}, { job }))?.errors).toMatchObject([{ pointer: '/job' }]);
  });
});
