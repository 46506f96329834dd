import type { Answers } from './fake-api.ts';
import {
  makeCluster,
  makeFlinkExceptions,
  makeFlinkJob,
  makeJob,
  makeKeptLogs,
  makeOperation,
  makeRevision,
  makeSnapshot,
  makeTransition,
} from './fixtures.ts';

const { operationId } = makeCluster();
const { jobId } = makeJob();

const facts: Readonly<Record<string, unknown>> = {
  jobs: { [jobId]: makeFlinkJob() },
  exceptions: { [jobId]: makeFlinkExceptions() },
  configuration: [
    { key: 'taskmanager.numberOfTaskSlots', value: '2' },
    { key: 's3.secret-key', value: '******' },
  ],
};

const spec = { mode: 'application', config: { 'taskmanager.numberOfTaskSlots': '2', 's3.secret-key': '******' } };

const log = 'INFO The cluster starts.\nERROR java.io.FileNotFoundException: orders.parquet\nINFO The cluster ends.\n';

/** What the API answers about a cluster with one job: all parts of its view. */
export const clusterAnswers = (changes: Parameters<typeof makeCluster>[0] = {}): Answers => {
  const cluster = makeCluster({ sequence: 2, ...changes });
  const { target, clusterId, state } = cluster;
  const source = state === 'RUNNING' ? 'live' : 'kept';
  const job = makeJob({
    target,
    clusterId,
    ...(state === 'FAILED' ? { state: 'FAILED', message: 'Recovery is suppressed', endTime: cluster.updatedAt } : {}),
  });
  return {
    'GET /v1/targets/{target}/clusters/{clusterId}': () => cluster,
    'GET /v1/targets/{target}/clusters/{clusterId}/jobs': () => ({ jobs: [job], reachable: 'True' }),
    'GET /v1/targets/{target}/clusters/{clusterId}/events': () => ({
      transitions: [
        makeTransition(),
        makeTransition({ sequence: 2, from: 'REQUESTED', to: state, at: '2026-11-30T08:00:00.000Z' }),
      ],
      last: 2,
    }),
    'GET /v1/targets/{target}/operations/{operationId}': () => makeOperation(),
    'GET /v1/targets/{target}/clusters/{clusterId}/logs': ({ url: { searchParams } }) => {
      const base = { source, operationId, ...(source === 'kept' ? { at: cluster.updatedAt } : {}) } as const;
      const file = searchParams.get('file');
      if (file !== null) return { ...base, log: JSON.stringify(facts[file]) };
      const search = searchParams.get('grep')?.toLowerCase() ?? '';
      const lines = log.split('\n').filter((line) => line.toLowerCase().includes(search));
      return { ...base, pod: 'nightly-6d4cf56db-abcde', log: lines.join('\n') };
    },
    'GET /v1/targets/{target}/clusters/{clusterId}/kept-logs': () => ({ incarnations: [makeKeptLogs()] }),
    'GET /v1/targets/{target}/clusters/{clusterId}/flink/{proxy}': ({ path: { proxy = '' } }) =>
      Response.json(
        proxy === 'taskmanagers'
          ? { taskmanagers: [{ id: 'nightly-taskmanager-1-1' }] }
          : [
              { id: 'numRecordsInPerSecond', sum: 10, max: 10 },
              { id: 'numRecordsOutPerSecond', sum: 20, max: 20 },
              { id: 'backPressuredTimeMsPerSecond', sum: 500, max: 500 },
            ],
      ),
    'GET /v1/targets/{target}/clusters/{clusterId}/revisions': () => ({
      revisions: [makeRevision({ number: 2, madeBy: 'apply' }), makeRevision()],
    }),
    'GET /v1/targets/{target}/clusters/{clusterId}/revisions/{revision}': ({ path: { revision } }) => ({
      ...makeRevision({ number: Number(revision) }),
      deploy: { ...spec, image: `flink:2.${revision}` },
    }),
    'GET /v1/targets/{target}/clusters/{clusterId}/snapshots': () => ({ snapshots: [makeSnapshot()] }),
    'POST /v1/targets/{target}/plans': () => ({
      clusterId,
      objects: [{ kind: 'Deployment', metadata: { name: clusterId } }],
      config: { 'taskmanager.numberOfTaskSlots': { value: '2', from: 'command' } },
      warnings: [],
      dryRun: 'passed',
      errors: [],
      digest: 'd',
      state: { source: 'none' },
    }),
  };
};
