import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AppsV1Api, KubeConfig, makeInformer, type V1Deployment } from '@kubernetes/client-node';
import pMap from 'p-map';

import { sign } from '#cli/api/sign.ts';
import type { Cluster } from '#events/cluster.ts';
import type { NamedTarget } from '#events/target.ts';
import type { QueueView } from '#events/http/queue.ts';
import type { Transition } from '#events/transitions.ts';
import type { LocalSystem } from '#local/system.ts';
import { operationAnnotation } from '#shared/kubernetes/apply.ts';

const run = promisify(execFile);

export interface Load {
  /** Different deploys; beside them 30 % come twice, and 5 % more make no sense. */
  readonly commands: number;
  /** How many clusters the target takes at once; undefined: as many as come. */
  readonly limit: number | undefined;
  /** Between a Deployment that is there and its end. */
  readonly holdMs: number;
  /** For how long, in the middle, every process of a function is killed as soon as it is seen. */
  readonly killMs: number;
}

export interface LoadReport {
  readonly violations: readonly string[];
  readonly commands: number;
  readonly messages: number;
  readonly sendSeconds: number;
  /** From the first message sent to the last command recorded. */
  readonly acceptSeconds: number;
  /** From the first message sent to the last Deployment created. */
  readonly applySeconds: number;
  readonly mostAtOnce: number;
  readonly killed: number;
  /** Of the quiet teams and the noisy one: the median place among those that started. */
  readonly medianStart: { readonly noisy: number; readonly quiet: number };
  /** Between a cluster that is over and the next one that is admitted, while others wait; in seconds. */
  readonly medianRefillSeconds: number;
}

interface Command {
  readonly clusterId: string;
  readonly team: string;
  readonly id: string;
}

const over = new Set(['STOPPED', 'FINISHED', 'CANCELED', 'FAILED']);
const teams = ['quiet-a', 'quiet-b', 'quiet-c', 'quiet-d'];
const noisyShare = 0.6;
const duplicateShare = 0.3;
const malformedShare = 0.05;
/** Of the clusters, those that somebody deletes by hand: it takes a minute until nothing more can come of them. */
const byHandShare = 0.03;
const sqsBatch = 10;

/** Sends a load of commands to the queue of a system, ends what they start, and looks whether all that is promised holds. */
export const runLoad = async (
  system: LocalSystem,
  { commands: count, limit, holdMs, killMs }: Load,
  tell: (line: string) => void,
): Promise<LoadReport> => {
  const client = new SQSClient({ endpoint: system.awsUrl, region: system.region, credentials: system.credentials });
  const output = (name: string) => system.outputs[name] ?? '';
  const prefix = `q${randomUUID().slice(0, 6)}`;
  const call = callerOf(system);
  const path = `/v1/targets/${system.target}`;
  const before = await rejectedIn(client, output('RejectedCommandQueueUrl'));
  const { targets } = await call<{ targets: NamedTarget[] }>('GET', '/v1/targets');
  const { name: _name, ...policy } = targets.find(({ name }) => name === system.target)!;
  await call('PUT', path, { ...policy, limits: limit === undefined ? {} : { clusters: limit }, maxQueued: 10_000 });

  const commands = Array.from({ length: count }, (_, index): Command => ({
    clusterId: `${prefix}-${index}`,
    // The noisy team comes first.
    team: index < count * noisyShare ? 'noisy' : (teams[index % teams.length] ?? ''),
    id: randomUUID(),
  }));
  const duplicates = commands.filter((_, index) => index % 10 < duplicateShare * 10);
  const malformed = Array.from({ length: Math.round(count * malformedShare) }, (_, index) => nonsense(index, system));
  const messages = shuffledBehind(commands.map(messageOf(system)), [
    ...duplicates.map(messageOf(system)),
    ...malformed,
  ]);

  const send = async (all: readonly { readonly group: string; readonly body: string }[]) => {
    for (let from = 0; from < all.length; from += sqsBatch) {
      const Entries = all.slice(from, from + sqsBatch).map(({ group, body }, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageGroupId: group,
        MessageDeduplicationId: randomUUID(),
      }));
      await client.send(new SendMessageBatchCommand({ QueueUrl: output('CommandQueueUrl'), Entries }));
    }
  };
  const end = async (clusterId: string, index: number) => {
    await sleep(holdMs);
    if (index % Math.round(1 / byHandShare) === 1)
      await run('kubectl', [
        '--kubeconfig',
        system.kubeconfig,
        '-n',
        system.namespace,
        'delete',
        'deployment',
        clusterId,
      ]);
    else await send([stopOf(system, clusterId)]);
  };

  const began = Date.now();
  const watch = await watchDeployments(system, prefix, (clusterId) => {
    void end(clusterId, Number(clusterId.split('-')[1])).catch((error: unknown) => tell(String(error)));
  });
  await send(messages);
  const sendSeconds = (Date.now() - began) / 1000;
  tell(`sent ${messages.length} messages in ${sendSeconds.toFixed(1)} s`);

  const killed = killMs > 0 ? await killFunctions(system, { afterMs: 10_000, forMs: killMs }) : 0;
  if (killed > 0) tell(`killed ${killed} processes of functions in ${killMs / 1000} s`);
  for (let open = count; open > 0;) {
    await sleep(5_000);
    const { queued } = await call<QueueView>('GET', `${path}/queue`);
    open = await openClusters(call, path, prefix);
    tell(
      `${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${watch.created.size}/${count} created, ${watch.live.size} there, ${queued.length} waiting, ${open} not over`,
    );
    if (watch.created.size < count) open = Math.max(open, 1);
  }
  watch.end();

  const histories = await pMap(
    commands,
    async ({ clusterId }) =>
      (await call<{ transitions: Transition[] }>('GET', `${path}/clusters/${clusterId}/events?limit=500`)).transitions,
    { concurrency: 8 },
  );
  const rejected = (await rejectedIn(client, output('RejectedCommandQueueUrl'))) - before;
  await call('PUT', path, policy);
  const at = (transition: Transition | undefined) => Date.parse(transition?.at ?? '');
  const firsts = histories.map(([first]) => at(first));
  const created = [...watch.created.values()].map(({ at: time }) => time);
  const starts = histories
    .map((history, index) => ({ team: commands[index]?.team, at: at(history.find(({ to }) => to === 'REQUESTED')) }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ team }, clusterRef) => ({ team, clusterRef }));
  const placesOf = (noisy: boolean) =>
    starts.filter(({ team }) => (team === 'noisy') === noisy).map(({ clusterRef }) => clusterRef);
  return {
    violations: [
      ...histories.flatMap((history, index) => violationsIn(history, commands[index]?.clusterId ?? '')),
      ...[...watch.created].flatMap(([clusterId, { uids }]) =>
        uids.size === 1 ? [] : [`${clusterId} was created ${uids.size} times`],
      ),
      ...(watch.mostAtOnce > (limit ?? Infinity) ? [`${watch.mostAtOnce} clusters were there at once`] : []),
      ...(mostHeld(histories) > (limit ?? Infinity) ? [`${mostHeld(histories)} clusters held a place at once`] : []),
      ...(rejected === malformed.length ? [] : [`${rejected} messages were rejected of ${malformed.length} malformed`]),
    ],
    commands: count,
    messages: messages.length,
    sendSeconds,
    acceptSeconds: (Math.max(...firsts) - began) / 1000,
    applySeconds: (Math.max(...created) - began) / 1000,
    mostAtOnce: watch.mostAtOnce,
    killed,
    medianStart: { noisy: median(placesOf(true)), quiet: median(placesOf(false)) },
    medianRefillSeconds: median(refills(histories)),
  };
};

const callerOf =
  (system: LocalSystem) =>
  async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const url = new URL(`${system.apiUrl}${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = await sign(
      { method, url, headers: {}, body: text },
      { region: system.region, credentials: async () => system.credentials },
    );
    const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };

const subject = (system: LocalSystem, clusterId: string) => `targets/${system.target}/clusters/${clusterId}`;

const messageOf =
  (system: LocalSystem) =>
  ({ clusterId, team, id }: Command) => ({
    group: subject(system, clusterId),
    body: JSON.stringify({
      specversion: '1.0',
      id,
      type: 'drey.command.deploy.v1',
      source: 'load',
      subject: subject(system, clusterId),
      data: {
        mode: 'application',
        job: { jar: 'local:///opt/flink/usrlib/a.jar' },
        labels: { team },
      },
    }),
  });

const stopOf = (system: LocalSystem, clusterId: string) => ({
  group: subject(system, clusterId),
  body: JSON.stringify({
    specversion: '1.0',
    id: randomUUID(),
    type: 'drey.command.stop.v1',
    source: 'load',
    subject: subject(system, clusterId),
    data: {},
  }),
});

const nonsense = (index: number, system: LocalSystem) => {
  const { group, body } = messageOf(system)({ clusterId: `bad-${index}`, team: '', id: randomUUID() });
  const message = JSON.parse(body);
  const bodies = [
    '{ no JSON',
    { ...message, type: 'drey.command.fly.v1' },
    { ...message, data: { mode: 'application' } },
    { ...message, data: { ...message.data, config: { 'taskmanager.numberOfTaskSlots': 'many' } } },
    { ...message, subject: 'somewhere' },
  ];
  const chosen = bodies[index % bodies.length];
  return { group, body: typeof chosen === 'string' ? chosen : JSON.stringify(chosen) };
};

/** The others come among the first ones, each behind the one that it repeats. */
const shuffledBehind = <T>(first: readonly T[], others: readonly T[]): readonly T[] => {
  const step = first.length / Math.max(1, others.length);
  return first.flatMap((one, index) => [one, ...others.filter((_, other) => Math.floor(other * step) === index)]);
};

const watchDeployments = async (system: LocalSystem, prefix: string, onCreated: (clusterId: string) => void) => {
  const config = new KubeConfig();
  config.loadFromFile(system.kubeconfig);
  const created = new Map<string, { readonly at: number; readonly uids: Set<string> }>();
  const live = new Set<string>();
  const state = { created, live, mostAtOnce: 0, end: () => {} };
  const isOurs = ({ metadata = {} }: V1Deployment) =>
    metadata.name?.startsWith(`${prefix}-`) === true && metadata.annotations?.[operationAnnotation] !== undefined;
  const onAdd = (deployment: V1Deployment) => {
    const { name = '', uid = '' } = deployment.metadata ?? {};
    if (!isOurs(deployment)) return;
    live.add(name);
    state.mostAtOnce = Math.max(state.mostAtOnce, live.size);
    const known = created.get(name);
    known?.uids.add(uid);
    if (known !== undefined) return;
    created.set(name, { at: Date.now(), uids: new Set([uid]) });
    onCreated(name);
  };
  const path = `/apis/apps/v1/namespaces/${system.namespace}/deployments`;
  const apps = config.makeApiClient(AppsV1Api);
  const informer = makeInformer(config, path, () => apps.listNamespacedDeployment({ namespace: system.namespace }));
  informer.on('add', onAdd);
  informer.on('delete', ({ metadata }) => live.delete(metadata?.name ?? ''));
  // A watch ends now and then; the list that begins the next one says what was missed. Its end is told as an error, too.
  let isOver = false;
  informer.on('error', () => void sleep(500).then(() => (isOver ? undefined : informer.start())));
  await informer.start();
  state.end = () => {
    isOver = true;
    void informer.stop();
  };
  return state;
};

const openClusters = async (call: ReturnType<typeof callerOf>, path: string, prefix: string): Promise<number> => {
  let open = 0;
  let cursor: string | undefined;
  do {
    const after = cursor === undefined ? '' : `&cursor=${cursor}`;
    const page: { clusters: Cluster[]; cursor?: string } = await call('GET', `${path}/clusters?limit=200${after}`);
    open += page.clusters.filter(({ clusterId }) => clusterId.startsWith(prefix)).length;
    ({ cursor } = page);
  } while (cursor !== undefined);
  return open;
};

const rejectedIn = async (client: SQSClient, url: string): Promise<number> => {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes['ApproximateNumberOfMessages']);
};

/** Each cluster lived once, in the order of its commands, and its transitions have no hole. */
const violationsIn = (history: readonly Transition[], clusterId: string): readonly string[] => {
  const states = history.filter(({ subject }) => subject === 'cluster').map(({ to }) => to);
  const lives = states.filter((state) => state === 'REQUESTED').length;
  const last = states.at(-1) ?? '';
  return [
    ...(lives === 1 ? [] : [`${clusterId} was started ${lives} times: ${states.join(' ')}`]),
    ...(over.has(last) ? [] : [`${clusterId} is ${last}`]),
    ...(history.every(({ sequence }, index) => sequence === index + 1)
      ? []
      : [`${clusterId} has holes in its numbers`]),
  ];
};

/** How many clusters held a place at once, by their transitions. */
const mostHeld = (histories: readonly (readonly Transition[])[]): number => {
  const changes = histories
    .flatMap((history) =>
      history.flatMap(({ to, at }) => (to === 'REQUESTED' ? [{ at, by: 1 }] : over.has(to) ? [{ at, by: -1 }] : [])),
    )
    // What ends in the same millisecond ended first.
    .toSorted((one, other) => (one.at === other.at ? one.by - other.by : one.at < other.at ? -1 : 1));
  let [now, most] = [0, 0];
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
};

/** How long places stayed empty, in seconds. */
const refills = (histories: readonly (readonly Transition[])[]): readonly number[] => {
  const times = (state: (to: string) => boolean) =>
    histories
      .flatMap((history) => history.filter(({ to }) => state(to)).map(({ at }) => Date.parse(at)))
      .toSorted((one, other) => one - other);
  const starts = histories
    .flatMap((history) =>
      history.filter(({ from, to }) => from === 'QUEUED' && to === 'REQUESTED').map(({ at }) => Date.parse(at)),
    )
    .toSorted((one, other) => one - other);
  const ends = times((to) => over.has(to));
  return starts.flatMap((start, index) => (ends[index] === undefined ? [] : [(start - ends[index]) / 1000]));
};

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const killFunctions = async (
  system: LocalSystem,
  { afterMs, forMs }: { readonly afterMs: number; readonly forMs: number },
): Promise<number> => {
  await sleep(afterMs);
  const pattern = new RegExp(`/ministack-provided-code-${new URL(system.awsUrl).port}/.*bootstrap`);
  let killed = 0;
  for (const until = Date.now() + forMs; Date.now() < until; await sleep(200)) {
    const { stdout } = await run('ps', ['-eo', 'pid,args']);
    for (const line of stdout.split('\n').filter((one) => pattern.test(one))) {
      try {
        process.kill(Number.parseInt(line, 10), 'SIGKILL');
        killed += 1;
      } catch {
        // It had ended by itself.
      }
    }
  }
  return killed;
};
