import { describe, expect, it } from 'vitest';

import { planHandler } from '#functions/plan.ts';
import { targetsHandler } from '#functions/targets.ts';
import { callHandler, makeHttpEvent } from '#test/fakes/lambda.ts';
import { origins, sendHttp } from '#test/fakes/origins.ts';
import { data as batchData } from '#test/unit/shared/clusters/commands/batch/fixture.ts';
import {
  clusterId,
  jar,
  limitTarget,
  listOperations,
  session,
  startSession,
  world,
} from '#test/unit/shared/clusters/fixture.ts';
import { callSpecs } from '#test/unit/shared/clusters/schedules/fixture.ts';

type Config = Readonly<Record<string, string>>;

const application = { mode: 'application', job: { jar: 'local:///opt/flink/job.jar' } };
const id = 'f'.repeat(32);
const args = 'kubernetes.jobmanager.entrypoint.args';

/** Options that no caller may set, and what their refusal says. */
const reserved: readonly (readonly [key: string, value: string, detail: string])[] = [
  ['$internal.pipeline.job-id', id, 'Drey gives the job the ID of its operation; remove the option'],
  ['$internal.application.id', id, 'Drey gives the application the ID of its operation; remove the option'],
  ['$internal.application.main', 'a.Main', 'use entryClass of the job (-c CLASS)'],
  ['$internal.application.program-args', 'a', 'use args of the job (the arguments after the program)'],
  ['$internal.deployment.config-dir', '/tmp', 'Drey or Flink sets this option itself; remove it'],
  ['$internal.anything', 'x', 'Drey or Flink sets this option itself; remove it'],
  ['$internal', '{pipeline.job-id: x}', 'Drey or Flink sets this option itself; remove it'],
  ['internal.cluster.execution-mode', 'DETACHED', 'Drey or Flink sets this option itself; remove it'],
  ['kubernetes.internal.jobmanager.entrypoint.class', 'a.Main', 'Drey or Flink sets this option itself; remove it'],
  ['python.internal.files-key-map', 'a:b', 'Drey or Flink sets this option itself; remove it'],
];

/** Options of which another option, or an application, sets a reserved one. */
const indirect: readonly (readonly [key: string, value: string, detail: string])[] = [
  [args, `-D$internal.pipeline.job-id=${id}`, 'sets $internal.pipeline.job-id: Drey gives the job the ID'],
  [args, `-D "\\$internal".pipeline.job-id=${id}`, 'sets $internal.pipeline.job-id: Drey gives the job the ID'],
  [
    args,
    "-D 'execution.shutdown-on-application-finish'=true",
    'sets execution.shutdown-on-application-finish: Drey sets',
  ],
  [
    'kubernetes.taskmanager.entrypoint.args',
    '-Dinternal.x=1',
    'sets internal.x: Drey or Flink sets this option itself',
  ],
  [args, '-Dkubernetes.cluster-id=other', 'sets kubernetes.cluster-id: arguments cannot set this option; remove it'],
  [args, "-D'kubernetes.namespace'=other", 'sets kubernetes.namespace: arguments cannot set this option; remove it'],
  [
    args,
    "'-Dkubernetes.taskmanager.entrypoint.args=-Dpipeline.name=x'",
    'sets kubernetes.taskmanager.entrypoint.args: arguments cannot set this option; remove it',
  ],
  ['kubernetes.jobmanager.annotations', 'drey.dev/operation:x', 'sets drey.dev/operation, and only Drey sets labels'],
  ['kubernetes.jobmanager.annotations.drey.dev/operation', 'x', 'sets drey.dev/operation, and only Drey sets labels'],
  ['kubernetes.rest-service.labels', 'a:b,drey.dev/x:y', 'sets drey.dev/x, and only Drey sets labels'],
  [
    'kubernetes.rest-service.labels',
    'a:b,app:other',
    'sets the label app, by which Drey finds the Services of a cluster',
  ],
  ['kubernetes.rest-service.labels', '{type: other}', 'sets the label type, by which Drey'],
  ['kubernetes.rest-service.labels.type', 'other', 'sets the label type, by which Drey'],
  ['kubernetes.internal-service.labels', 'component:x', 'sets the label component, by which Drey'],
  ['kubernetes.internal-service.labels.app', 'other', 'sets the label app, by which Drey'],
];

const fixed: readonly (readonly [key: string, value: string, detail: string])[] = [
  ['execution.shutdown-on-application-finish', 'true', 'must be false, because Drey removes the cluster after it has'],
  ['execution.shutdown-on-application-finish', '', 'must be false, because Drey removes the cluster after it has'],
];

describe.each(origins)('an option that Drey sets itself, by %s', (_origin, send) => {
  const toRefusal = ([key, , detail]: (typeof reserved)[number], at = '') => ({
    outcome: 'rejected',
    code: at === '' ? 'refused-option' : 'malformed-request',
    pointers: [`${at}/config/${key.replaceAll('/', '~1')}`],
    detail: expect.stringContaining(detail),
  });
  const withConfig = ([key, value]: (typeof reserved)[number]) => ({ config: { [key]: value } as Config });

  it.each([...reserved, ...indirect])('is refused for a session: %s %s', async (...row) => {
    const answer = await send('deploy', { clusterId, data: { ...session, ...withConfig(row) } }, world);

    expect(answer).toMatchObject(toRefusal(row));
    expect(listOperations()).toEqual([]);
  });

  it.each([...reserved, ...indirect, ...fixed])('is refused for an application: %s %s', async (...row) => {
    const answer = await send('deploy', { clusterId, data: { ...application, ...withConfig(row) } }, world);

    expect(answer).toMatchObject(toRefusal(row));
    expect(listOperations()).toEqual([]);
  });

  it.each([...reserved, ...fixed])('is refused in a row of a batch: %s %s', async (...row) => {
    const template = { ...batchData.template, ...withConfig(row) };
    const data = { ...batchData, template, parameters: [{ day: '1' }] };

    expect(await send('batch', { data }, world)).toMatchObject(toRefusal(row, '/template'));
    expect(listOperations()).toEqual([]);
  });

  it.each(reserved)('is refused for a job of a session: %s %s', async (...row) => {
    await startSession(sendHttp);
    const answer = await send('submit', { clusterId, data: { jar, ...withConfig(row) } }, world);

    expect(answer).toMatchObject({ code: 'refused-option', pointers: [`/config/${row[0]}`] });
    expect(answer.detail).toContain(row[2]);
  });

  it('is refused where Flink before 2.3 needs it for the verdict of a highly available application', async () => {
    const config = {
      'high-availability.type': 'kubernetes',
      'high-availability.storageDir': 's3://bucket/ha',
      'execution.submit-failed-job-on-application-error': 'false',
    };
    const data = { ...application, config };

    expect(await send('deploy', { clusterId, data: { ...data, flinkVersion: '2.2' } }, world)).toMatchObject({
      code: 'refused-option',
      pointers: ['/config/execution.submit-failed-job-on-application-error'],
    });
    expect(await send('deploy', { clusterId, data: { ...data, flinkVersion: '2.3' } }, world)).toMatchObject({
      outcome: 'done',
    });
  });

  it.each(['false', ' FALSE'])('may have the value of Drey: %j', async (value) => {
    const config = { 'execution.shutdown-on-application-finish': value };

    expect(await send('deploy', { clusterId, data: { ...application, config } }, world)).toMatchObject({
      outcome: 'done',
    });
  });

  it.each([
    ["SET '$internal.pipeline.job-id' = 'x';", 'Drey or Flink sets this option itself'],
    ["SET 'execution.shutdown-on-application-finish' = 'true';", 'must be false'],
  ])('is refused in a script: %s', async (set, detail) => {
    const data = { mode: 'application', job: { sql: { script: `${set}\nSELECT 1;` } } };
    const answer = await send('deploy', { clusterId, data }, world);

    expect(answer).toMatchObject({ code: 'refused-option', pointers: ['/job/sql/script'] });
    expect(answer.detail).toContain(detail);
  });

  it.each(['default', 'jobmanager', 'taskmanager'])('is refused in the pod template %s', async (pod) => {
    const podTemplates = { [pod]: { metadata: { annotations: { 'drey.dev/operation': id } } } };

    expect(await send('deploy', { clusterId, data: { ...session, podTemplates } }, world)).toMatchObject({
      code: 'refused-option',
      pointers: [`/podTemplates/${pod}/metadata/annotations/drey.dev~1operation`],
    });
  });

  it('is stronger than the default of a target', async () => {
    const local = world.targets.known.get('local');
    limitTarget({ defaults: { ...local?.defaults, 'execution.shutdown-on-application-finish': 'true' } });
    await send('deploy', { clusterId, data: application }, world);
    const { manifests } = world.kubernetes.cluster(clusterId);

    expect(JSON.stringify(manifests?.dependents)).toContain("shutdown-on-application-finish: 'false'");
  });
});

describe('an option that Drey sets itself', () => {
  it.each(fixed)('is refused in a plan: %s', async (key, value) => {
    const event = makeHttpEvent(
      'POST /v1/targets/{target}/plans',
      { target: 'local' },
      { body: { ...application, clusterId, config: { [key]: value } } },
    );

    expect((await callHandler(planHandler(world.ports), event)).body).toMatchObject({ code: 'refused-option' });
  });

  it.each([...reserved, ...fixed])('is refused in a spec, which schedules deploy: %s', async (key, value) => {
    const { body } = await callSpecs('PUT', 'nightly', { ...application, config: { [key]: value } });

    expect(body).toMatchObject({ code: 'refused-option', errors: [{ pointer: `/config/${key}` }] });
  });

  it.each([...reserved, ...indirect])('is refused in the defaults of a target: %s', async (key, value) => {
    const body = { cluster: 'eks', region: 'eu-central-1', namespace: 'flink', defaults: { [key]: value } };
    const event = makeHttpEvent('PUT /v1/targets/{target}', { target: 'new' }, { body });
    const answer = await callHandler(targetsHandler(world.ports), event);

    expect(answer.body).toMatchObject({
      code: 'refused-option',
      errors: [{ pointer: `/defaults/${key.replaceAll('/', '~1')}` }],
    });
    expect(world.targets.known.has('new')).toBe(false);
  });
});
