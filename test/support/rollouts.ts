import { beforeAll } from 'vitest';

import type { Accepted, Applied } from '#events/http/accepted.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { Operation } from '#events/records/operation.ts';
import type { Revision } from '#events/records/revisions.ts';

import { enableS3, useBucket } from './bucket.ts';
import { buildCounts, type Counts, countsConfig, untilCounts } from './counts.ts';
import { call, clusterPath, small, stop, untilDone, untilJobRuns, untilState } from './system.ts';

export const apply = (clusterId: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  call<Applied>('PUT', clusterPath(clusterId), body, headers);

export const readCluster = async (clusterId: string) => (await call<Cluster>('GET', clusterPath(clusterId))).body;

/** The revisions of a cluster, newest first. */
export const listRevisions = async (clusterId: string) =>
  (await call<{ revisions: Revision[] }>('GET', `${clusterPath(clusterId)}/revisions`)).body.revisions;

const untilEnded = async (answer: { readonly body: Pick<Applied, 'operation'> }, state: Operation['state']) => {
  const accepted = answer.body.operation;
  const ended = accepted === undefined ? undefined : await untilDone(accepted.operationId);
  if (ended?.state !== state) throw new Error(`not ${state}, but ${JSON.stringify(ended ?? answer)}`);
  return ended;
};

/** Applies a spec, and waits for the end of the rollout. @throws Error with the operation if it ends in another state */
export const untilApplied = async (clusterId: string, body: object, state: Operation['state'] = 'SUCCEEDED') =>
  untilEnded(await apply(clusterId, body), state);

/** Sends another command about a rollout, and waits until it has succeeded. @throws Error with the operation if it fails */
export const roll = async (
  clusterId: string,
  action: 'rollback' | 'restart' | 'suspend' | 'resume',
  body: object = {},
) => untilEnded(await call<Accepted>('POST', `${clusterPath(clusterId)}/${action}`, body), 'SUCCEEDED');

/** How long each revision is watched. TaskManagers need up to a minute to start on a small machine. */
export const stableWithin = '60s';

interface SpecOptions {
  readonly image?: string;
  readonly config?: Readonly<Record<string, string>>;
}

/** The program that counts in a bucket of the test file, and the specs of its variants. */
export const useCounts = () => {
  const { url, put, listKeys } = useBucket();
  beforeAll(async () => {
    await put('jobs/counts.jar', await buildCounts());
  });

  const spec = (variant: string, { image = 'flink:2.2', config = {} }: SpecOptions = {}) => ({
    mode: 'application',
    image,
    job: { jar: `${url}/jobs/counts.jar`, args: [variant] },
    config: { ...small, ...enableS3(), ...countsConfig(url), ...config },
    rollout: { stableWithin },
  });

  /** The counts of the only job that runs on a cluster. */
  const countsOf = async (clusterId: string, wanted?: (counts: Counts) => boolean) => {
    const jobId = (await untilJobRuns(clusterId))?.jobId ?? '';
    return { jobId, ...(await untilCounts(clusterId, jobId, wanted)) };
  };

  return {
    url,
    listKeys,
    spec,
    countsOf,
    /** Starts the program, and waits until it has counted for a while. */
    async start(clusterId: string, options?: SpecOptions, variant = 'good') {
      await untilApplied(clusterId, spec(variant, options));
      return countsOf(clusterId, ({ last }) => last > 200);
    },
    async end(clusterId: string) {
      await stop(clusterId);
      await untilState(clusterId, 'STOPPED');
    },
  };
};
