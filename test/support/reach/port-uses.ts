/** Which declared uses of ports (`shared/live/port-uses.ts`) the calls in the code are. */
import type { WorkflowName } from '#events/commands/define.ts';
import type { Store } from '#shared/clusters/ports/store.ts';
import type { Targets } from '#shared/clusters/ports/targets.ts';
import { type PortUse } from '#shared/live/port-uses.ts';

import { usePermissions } from '../../../infra/iam/function-permissions.ts';
import type { Use } from './uses.ts';

type Access = 'read' | 'write';

/** What the methods for records do with the table. */
const accesses: {
  readonly store: Readonly<Record<keyof Store, Access>>;
  readonly targets: Readonly<Record<keyof Targets, Access>>;
} = {
  store: {
    allClusters: 'read',
    cluster: 'read',
    clusterWithJobs: 'read',
    clusters: 'read',
    operation: 'read',
    operationsByIds: 'read',
    openOperations: 'read',
    jobs: 'read',
    lastJobs: 'read',
    job: 'read',
    revisions: 'read',
    revision: 'read',
    snapshots: 'read',
    snapshot: 'read',
    transitions: 'read',
    idempotency: 'read',
    refusal: 'read',
    verdict: 'read',
    queue: 'read',
    queuedRecords: 'read',
    queueHead: 'read',
    readyCommands: 'read',
    waitingCommands: 'read',
    queuedCommand: 'read',
    admittedCommands: 'read',
    admittedByIds: 'read',
    updateApproximateSize: 'write',
    batchItems: 'read',
    schedule: 'read',
    schedules: 'read',
    scheduleNames: 'read',
    run: 'read',
    runs: 'read',
    commit: 'write',
  },
  targets: {
    get: 'read',
    getLatest: 'read',
    list: 'read',
    listNames: 'read',
    put: 'write',
    putIfAbsent: 'write',
    move: 'write',
    remove: 'write',
  },
};

type Call = Pick<Use, 'port' | 'method'>;

/** The methods of the ports that are adapters of AWS. */
export const awsMethods: readonly Call[] = [
  ...Object.entries(accesses).flatMap(([port, methods]) => Object.keys(methods).map((method) => ({ port, method }))),
  { port: 'workflows', method: 'start' },
  ...Object.keys(usePermissions).flatMap((use) => {
    const [port = '', method = ''] = use.split('.');
    return port in accesses || ['kubernetes', 'inspection', 'resolver', 'downloads'].includes(port)
      ? []
      : [{ port, method }];
  }),
];

/** The uses that a call stands for. A call of a port that every function has is none. */
export const toPortUses = ({ port, method, argument = [] }: Omit<Use, 'chain'>): readonly PortUse[] => {
  if (port === 'workflows') return argument.map((name) => `workflows.${name as WorkflowName}` as const); // by the type of the port
  if (port === 'kubernetes' || port === 'inspection') return [`${port}.open`];
  const access: Access | undefined = Reflect.get(Reflect.get(accesses, port) ?? {}, method);
  const use = `${port}.${access ?? method}`;
  return isPortUse(use) ? [use] : [];
};

const isPortUse = (text: string): text is keyof typeof usePermissions => Object.hasOwn(usePermissions, text);
