/** A child process: passes over a target with many clusters. It prints the figures of each pass as JSON. */
import type { ReconcileRequest } from '#shared/clusters/model/reconcile-request.ts';
import { reconcileTarget } from '#shared/clusters/reconcile/reconcile-target.ts';
import type { Call, DynamoDbAction, Operations } from '#shared/aws/transport/operations.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { openClient } from '#shared/kubernetes/api/client.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { makeWorld } from '#test/fakes/world.ts';

export interface PassFigures {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The largest heap after any answer. */
  readonly peakHeapMebibytes: number;
  readonly messages: number;
  readonly listedClusters: number;
  readonly troubled: number;
}

const [, , url = '', ca = '', stage = '', passes = '1'] = process.argv;
const { signal } = new AbortController();
const access = {
  open: async () => ({ server: new URL(url), ca, token: 'token' }),
  identify: () => Promise.reject(new Error('There is no STS.')),
  forget: () => {},
};
const { ports: fakes } = makeWorld();
const target = await fakes.targets.get('local');

let peakHeapBytes = 0;
const measureHeap = () => (peakHeapBytes = Math.max(peakHeapBytes, process.memoryUsage().heapUsed));

/** The table: only the index of running clusters has items. */
const transport = openClient(target, { access, signal });
const db: Call<DynamoDbAction> = async (action, given) => {
  const { ExpressionAttributeValues, ExclusiveStartKey } = given as Operations['dynamodb:Query']['input'];
  const isIndex = action === 'dynamodb:Query' && ExpressionAttributeValues?.[':state'] !== undefined;
  if (!isIndex || !String(ExpressionAttributeValues[':state']).endsWith('RUNNING')) return { Items: [] } as never;
  const { body } = await transport.send({ method: 'GET', path: `/table?page=${ExclusiveStartKey?.['page'] ?? 0}` });
  measureHeap();
  return body as never; // The server writes it as the store reads it.
};
const sent: ReconcileRequest[] = [];
const ports = {
  ...fakes,
  store: openTable({ table: 'drey', db, now: fakes.now, account: '000000000000' }).store,
  kubernetes: () => openKubernetes(target, { access, signal, stage }),
  reconcileQueue: {
    follow: async () => {},
    send: async (request: ReconcileRequest) => {
      sent.push(request);
      measureHeap();
    },
  },
};

const figures: PassFigures[] = [];
for (let pass = 0; pass < Number(passes); pass += 1) {
  peakHeapBytes = 0;
  sent.length = 0;
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  const timer = setInterval(measureHeap, 5);
  await reconcileTarget({ target: 'local' }, ports);
  clearInterval(timer);
  const { user, system } = process.cpuUsage(startCpu);
  const listed = sent.flatMap(({ clusters = [] }) => clusters);
  figures.push({
    wallMs: performance.now() - startMs,
    cpuMs: (user + system) / 1_000,
    peakHeapMebibytes: peakHeapBytes / 2 ** 20,
    messages: sent.length,
    listedClusters: listed.filter(({ uid }) => uid !== undefined).length,
    troubled: listed.filter(({ trouble }) => trouble !== undefined).length,
  });
}
process.stdout.write(JSON.stringify(figures));
