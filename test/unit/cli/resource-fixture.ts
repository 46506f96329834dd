import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Job } from '#events/records/job.ts';
import type { Operation } from '#events/records/operation.ts';

import type { Replies } from './loopback-api.ts';
import { id, operation, operationAt, time } from './operation-fixture.ts';
import { useFolder, useLocalTarget } from './setup.ts';

export const session = '/v1/targets/local/clusters/etl';
export const clusterAt = (fields: object = {}): Replies => ({
  [`GET ${session}`]: { body: { target: 'local', clusterId: 'etl', mode: 'session', state: 'RUNNING', ...fields } },
});
export const accept = (route: string, end: Operation): Replies => ({
  [route]: { status: 202, body: { operation: { ...end, state: 'IN_PROGRESS' } } },
  ...operationAt(end),
});
export const newOperation = (fields: Partial<Operation>) =>
  operation({ clusterId: 'etl', deadline: '2099-01-01T00:00:00.000Z', ...fields });

export const jobAt = (fields: Partial<Job> = {}): Job => ({
  target: 'local',
  clusterId: 'etl',
  jobId: id('b'),
  name: 'clicks',
  state: 'RUNNING',
  startTime: time,
  clusterOperationId: id('c'),
  operationId: id('b'),
  updatedAt: time,
  ...fields,
});
export const jobsAt = (...jobs: readonly Job[]): Replies => ({
  [`GET ${session}/jobs`]: { body: { jobs, reachable: 'True' } },
});
const submitted = newOperation({ operationId: id('d'), kind: 'submit', jobId: id('d') });

/** Applies resources of the operator to session `etl` of a loopback API. */
export const useResources = () => {
  const { server, run } = useLocalTarget();
  const jarFile = join(useFolder(), 'clicks.jar');
  writeFileSync(jarFile, 'PK\u0003\u0004');
  const apply = (replies: Replies, resources: readonly unknown[], words: readonly string[] = []) =>
    run(replies, ['apply', '-f', '-', ...words], resources.map((one) => JSON.stringify(one)).join('\n---\n'));
  const post = () => server.received.filter(({ method }) => method === 'POST');
  const uploading = (): Replies => ({
    'POST /v1/targets/local/uploads': {
      status: 201,
      body: { jar: 's3://bucket/uploads/x.jar', url: `${server.origin}/bucket/x.jar`, headers: {} },
    },
    'PUT /bucket/x.jar': {},
  });
  const submitting = () => ({ ...clusterAt(), ...uploading(), ...accept(`POST ${session}/jobs`, submitted) });
  const getSubmit = () => post().find(({ path }) => path === `${session}/jobs`);
  /** The identity that the submit of a resource has. */
  const readIdentity = async (resource: unknown) => {
    await apply({ ...submitting(), ...jobsAt() }, [resource]);
    const sent = getSubmit();
    if (sent === undefined) throw new Error('The job was not submitted.');
    return (sent.json as { readonly correlationId: string }).correlationId;
  };
  /** The job that an apply of the resource has started. */
  const startedBy = async (resource: unknown, fields: Partial<Job> = {}): Promise<Replies> => ({
    ...operationAt(newOperation({ operationId: id('b'), kind: 'submit', correlationId: await readIdentity(resource) })),
    ...jobsAt(jobAt(fields)),
  });
  return { server, run, jarFile, apply, post, uploading, submitting, getSubmit, readIdentity, startedBy };
};
