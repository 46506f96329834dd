import { describe, expect, it } from 'vitest';

import { call, clusterPath, deploy, freshId, system } from '../support/system.ts';

type Row = readonly [key: string, value: string];

const id = 'f'.repeat(32);
const application = { mode: 'application', job: { jar: 'local:///opt/flink/usrlib/etl.jar' } };

/** Options by which a caller would choose the ID of a job, its program, or when its verdict is lost. */
const reserved: readonly Row[] = [
  ['$internal.pipeline.job-id', id],
  ['$internal.application.id', id],
  ['$internal.application.main', 'a.Main'],
  ['$internal.application.program-args', 'a'],
  ['$internal.deployment.config-dir', '/tmp'],
  ['$internal', '{pipeline.job-id: x}'],
  ['internal.cluster.execution-mode', 'DETACHED'],
  ['kubernetes.internal.jobmanager.entrypoint.class', 'a.Main'],
  ['python.internal.files-key-map', 'a:b'],
];
const indirect: readonly Row[] = [
  ['kubernetes.jobmanager.entrypoint.args', `-D$internal.pipeline.job-id=${id}`],
  ['kubernetes.jobmanager.entrypoint.args', `-D "\\$internal".application.id=${id}`],
  ['kubernetes.jobmanager.entrypoint.args', '-Dexecution.shutdown-on-application-finish=true'],
  ['kubernetes.jobmanager.annotations', `drey.dev/operation:${id}`],
];
const ofApplications: readonly Row[] = [['execution.shutdown-on-application-finish', 'true']];

const pointerOf = ([key]: Row, member = 'config') => `/${member}/${key.replaceAll('/', '~1')}`;
const refused = (pointer: string) => ({ status: 422, body: { code: 'refused-option', errors: [{ pointer }] } });

describe('forged verdicts', () => {
  it.each([...reserved, ...indirect])('a session may not set %s to %s', async (...row) => {
    const clusterId = freshId('forged');

    expect(await deploy({ mode: 'session', clusterId, config: { [row[0]]: row[1] } })).toMatchObject(
      refused(pointerOf(row)),
    );
    expect((await call('GET', clusterPath(clusterId))).status).toBe(404);
  });

  it.each([...reserved, ...indirect, ...ofApplications])('an application may not set %s to %s', async (...row) => {
    const clusterId = freshId('forged');

    expect(await deploy({ ...application, clusterId, config: { [row[0]]: row[1] } })).toMatchObject(
      refused(pointerOf(row)),
    );
    expect((await call('GET', clusterPath(clusterId))).status).toBe(404);
  });

  it.each([...reserved, ...indirect])('a target may not have the default %s with %s', async (...row) => {
    const name = freshId('forged');
    const body = { cluster: system.eksCluster, region: system.region, namespace: name, defaults: { [row[0]]: row[1] } };

    expect(await call('PUT', `/v1/targets/${name}`, body)).toMatchObject(refused(pointerOf(row, 'defaults')));
    expect((await call('GET', `/v1/targets/${name}/clusters`)).status).toBe(404);
  });

  it.each([...reserved, ...ofApplications])('a spec may not set %s to %s', async (...row) => {
    const path = `/v1/targets/${system.target}/specs/${freshId('forged')}`;

    expect(await call('PUT', path, { ...application, config: { [row[0]]: row[1] } })).toMatchObject(
      refused(pointerOf(row)),
    );
    expect((await call('GET', path)).status).toBe(404);
  });

  it.each(["SET '$internal.pipeline.job-id' = 'x';", "SET 'execution.shutdown-on-application-finish' = 'true';"])(
    'a script may not execute %s',
    async (set) => {
      const job = { sql: { script: `${set}\nSELECT 1;` } };

      expect(await deploy({ mode: 'application', clusterId: freshId('forged'), job })).toMatchObject(
        refused('/job/sql/script'),
      );
    },
  );

  it.each(['default', 'jobmanager', 'taskmanager'])('the pod template %s may not name an operation', async (pod) => {
    const podTemplates = { [pod]: { metadata: { annotations: { 'drey.dev/operation': id } } } };

    expect(await deploy({ mode: 'session', clusterId: freshId('forged'), podTemplates })).toMatchObject(
      refused(`/podTemplates/${pod}/metadata/annotations/drey.dev~1operation`),
    );
  });
});
