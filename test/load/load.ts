import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';

import type { QueueView } from '#events/http/queue.ts';
import type { NamedTarget, Target } from '#events/records/target.ts';
import type { LocalSystem } from '#local/system.ts';

import { type Api, countOpenClusters, countRejected, openApi } from './api.ts';
import { DeploymentWatch } from './deployments.ts';
import type { History } from './history.ts';
import { killFunctions } from './kill-functions.ts';
import { type LoadMessages, makeMessages, makeStop, sendAll } from './messages.ts';
import { type LoadReport, makeReport } from './report.ts';

const run = promisify(execFile);

export interface Load {
  /** Different deploys. 30 % of them are sent twice, and 5 % more are malformed. */
  readonly commands: number;
  /** Maximum number of clusters at once; undefined: no limit. */
  readonly limit: number | undefined;
  /** How long a Deployment exists before its cluster is stopped. */
  readonly holdMs: number;
  /** For how long, in the middle of the load, every process of a function is killed as soon as it is seen. */
  readonly killMs: number;
}

/** One of so many clusters is deleted manually: it takes a minute until Drey records its end. */
const clustersPerDeletion = 33;

/** Sends a load of commands to the queue of a system, ends the clusters that they start, and checks the invariants. */
export const runLoad = async (system: LocalSystem, load: Load, print: (line: string) => void): Promise<LoadReport> => {
  const client = new SQSClient({ endpoint: system.awsUrl, region: system.region, credentials: system.credentials });
  const rejectedUrl = outputOf(system, 'RejectedCommandQueueUrl');
  const api = openApi(system);
  const path = `/v1/targets/${system.target}`;
  const rejectedBefore = await countRejected(client, rejectedUrl);
  const policy = await readPolicy(api, system);
  const limits = load.limit === undefined ? {} : { clusters: load.limit };
  await api('PUT', path, { ...policy, limits, maxQueued: 10_000 });
  const prefix = `q${randomUUID().slice(0, 6)}`;
  const sent = makeMessages(load.commands, prefix, system);

  const startedAt = Date.now();
  const watch = new DeploymentWatch(prefix, (clusterId) => {
    void endCluster(clusterId, load, { system, client }).catch((error: unknown) => print(String(error)));
  });
  const endWatch = await watch.start(system);
  await sendAll(sent.messages, client, outputOf(system, 'CommandQueueUrl'));
  const sendSeconds = (Date.now() - startedAt) / 1000;
  print(`sent ${sent.messages.length} messages in ${sendSeconds.toFixed(1)} s`);
  const killed = load.killMs > 0 ? await killFunctions(system, { afterMs: 10_000, forMs: load.killMs }) : 0;
  if (killed > 0) print(`killed ${killed} processes of functions in ${load.killMs / 1000} s`);
  await waitForEnd({ api, path, prefix, count: load.commands, watch, startedAt, print });
  endWatch();

  const histories = await readHistories(sent, api, path);
  const rejected = (await countRejected(client, rejectedUrl)) - rejectedBefore;
  await api('PUT', path, policy);
  return makeReport({ sent, histories, watch, limit: load.limit, rejected, killed, startedAt, sendSeconds });
};

const outputOf = (system: LocalSystem, name: string) => system.outputs[name] ?? '';

const readPolicy = async (api: Api, system: LocalSystem): Promise<Target> => {
  const { targets } = await api<{ targets: NamedTarget[] }>('GET', '/v1/targets');
  const { name: _name, updatedBy: _updatedBy, ...policy } = targets.find(({ name }) => name === system.target)!;
  return policy;
};

const endCluster = async (
  clusterId: string,
  { holdMs }: Load,
  { system, client }: { readonly system: LocalSystem; readonly client: SQSClient },
): Promise<void> => {
  await sleep(holdMs);
  const index = Number(clusterId.split('-')[1]);
  const { kubeconfig, namespace } = system;
  if (index % clustersPerDeletion === 1)
    await run('kubectl', ['--kubeconfig', kubeconfig, '-n', namespace, 'delete', 'deployment', clusterId]);
  else await sendAll([makeStop(clusterId, system)], client, outputOf(system, 'CommandQueueUrl'));
};

interface Progress {
  readonly api: Api;
  readonly path: string;
  readonly prefix: string;
  readonly count: number;
  readonly watch: DeploymentWatch;
  readonly startedAt: number;
  readonly print: (line: string) => void;
}

/** Waits until every cluster was created and has ended. */
const waitForEnd = async ({ api, path, prefix, count, watch, startedAt, print }: Progress): Promise<void> => {
  for (let open = count; open > 0;) {
    await sleep(5_000);
    const { queued } = await api<QueueView>('GET', `${path}/queue`);
    open = await countOpenClusters(api, path, prefix);
    const elapsed = ((Date.now() - startedAt) / 1000).toFixed(0).padStart(5);
    const { created, live } = watch;
    print(
      `${elapsed} s  ${created.size}/${count} created, ${live.size} live, ${queued.length} queued, ${open} not ended`,
    );
    if (created.size < count) open = Math.max(open, 1);
  }
};

const readHistories = ({ commands }: LoadMessages, api: Api, path: string): Promise<readonly History[]> =>
  pMap(
    commands,
    async ({ clusterId }) =>
      (await api<{ transitions: History }>('GET', `${path}/clusters/${clusterId}/events?limit=500`)).transitions,
    { concurrency: 8 },
  );
