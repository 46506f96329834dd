/** Which permissions the methods of the ports need in AWS. */
import type { WorkflowName } from '#events/commands/define.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import {
  assumeKubernetesRole,
  createTimers,
  deletePayloads,
  deleteUploads,
  deleteTimers,
  followApplications,
  handleDeadLetters,
  type Permission,
  publishEvents,
  readJars,
  readPayloads,
  readSpecs,
  readTable,
  requestAdmission,
  requestReconcile,
  sendCommands,
  sendDeadLetters,
  sendRejected,
  sendTaskResults,
  startWorkflows,
  updateTimers,
  writeJars,
  writePayloads,
  writeSpecs,
  writeTable,
} from '../../../infra/iam/permissions.ts';
import type { Use } from './uses.ts';

/** The ports that are no services of AWS. */
type OtherPort =
  | 'kubernetes'
  | 'log'
  | 'metrics'
  | 'now'
  | 'newId'
  | 'newToken'
  | 'sleep'
  | 'signal'
  | 'account'
  | 'principal'
  | 'resolver'
  | 'withSignal'
  | 'withPrincipal'
  | 'withOperation'
  | 'random';
type AwsPort = Exclude<keyof Ports, OtherPort>;
type MethodPermissions = readonly Permission[] | ((...names: readonly WorkflowName[]) => Permission);

export const portPermissions: {
  readonly [P in AwsPort]: { readonly [M in keyof Ports[P]]: MethodPermissions };
} & { readonly ports: { readonly kubernetes: MethodPermissions } } = {
  store: {
    cluster: [readTable],
    clusters: [readTable],
    operation: [readTable],
    openOperations: [readTable],
    jobs: [readTable],
    job: [readTable],
    transitions: [readTable],
    idempotency: [readTable],
    refusal: [readTable],
    verdict: [readTable],
    queue: [readTable],
    queueSummary: [readTable],
    updateApproximateSize: [writeTable],
    batchItems: [readTable],
    schedule: [readTable],
    schedules: [readTable],
    scheduleNames: [readTable],
    run: [readTable],
    runs: [readTable],
    commit: [writeTable],
  },
  targets: {
    get: [readTable],
    getLatest: [readTable],
    list: [readTable],
    listNames: [readTable],
    put: [readTable, writeTable],
    move: [readTable, writeTable],
    putIfAbsent: [readTable, writeTable],
    remove: [readTable, writeTable],
  },
  workflows: { start: startWorkflows },
  jars: {
    createUpload: [writeJars],
    inspect: [readJars],
    open: [readJars],
    renew: [readJars, writeJars],
  },
  bus: { publish: [publishEvents], reject: [sendRejected, publishEvents] },
  reconcileQueue: { send: [requestReconcile], follow: [followApplications] },
  admissionQueue: { send: [requestAdmission] },
  commandQueue: {
    sendResume: [sendCommands],
    sendBatchItems: [sendCommands],
    discard: [sendDeadLetters],
    listDeadLetters: [handleDeadLetters],
    redriveDeadLetters: [handleDeadLetters, sendCommands],
  },
  payloads: {
    put: [writePayloads],
    read: [readPayloads],
    remove: [deletePayloads],
    renew: [readPayloads, writePayloads],
    // The upload of a command has the key of a jar.
    readUpload: [readJars],
    removeUpload: [deleteUploads],
  },
  callbacks: { complete: [sendTaskResults] },
  timers: { set: [createTimers], cancel: [deleteTimers], repeat: [createTimers, updateTimers] },
  specs: { list: [readSpecs], read: [readSpecs], put: [writeSpecs], remove: [writeSpecs] },
  // A target is in a cluster of Kubernetes, which knows one role.
  ports: { kubernetes: [assumeKubernetesRole] },
};

/** The permissions that a call needs. A method that is in no row needs none. */
export const permissionsOfUse = ({ port, method, argument = [] }: Omit<Use, 'chain'>): readonly Permission[] => {
  const row: unknown = Reflect.get(Reflect.get(portPermissions, port) ?? {}, method);
  if (row === undefined) return [];
  // The table has these types.
  const permissions = row as MethodPermissions;
  return typeof permissions === 'function' ? [permissions(...(argument as WorkflowName[]))] : permissions;
};
