/**
 * What each function uses of its ports. The adapters in its bundle (`world.ts`) and its IAM role
 * (`infra/iam/function-permissions.ts`) follow. A unit test compares the table with what the code of each function reaches.
 */
import type { WorkflowName } from '#events/commands/define.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

type CallsOf<Port extends keyof Ports> = Port extends unknown ? `${Port}.${keyof Ports[Port] & string}` : never;

/** A port and its method. Of the records, what is read and what is written; of state machines, which one is started. */
export type PortUse =
  | `${'store' | 'targets'}.${'read' | 'write'}`
  | 'kubernetes.open'
  | `workflows.${WorkflowName}`
  | CallsOf<'jars' | 'payloads' | 'specs' | 'bus' | 'callbacks' | 'timers' | 'resolver'>
  | CallsOf<'commandQueue' | 'admissionQueue' | 'reconcileQueue'>;

/** The functions of commands. `commandQueue` handles the same commands. */
const commandUses = {
  deploy: [
    'store.read',
    'store.write',
    'targets.read',
    'kubernetes.open',
    'workflows.cleanup',
    'workflows.startup',
    'jars.inspect',
    'payloads.put',
    'payloads.read',
    'payloads.remove',
    'admissionQueue.send',
    'callbacks.complete',
  ],
  submit: [
    'store.read',
    'store.write',
    'targets.read',
    'workflows.submission',
    'jars.inspect',
    'payloads.put',
    'payloads.remove',
    'admissionQueue.send',
    'callbacks.complete',
  ],
  cancel: ['store.read', 'store.write', 'targets.read', 'kubernetes.open', 'reconcileQueue.send'],
  stop: ['store.read', 'store.write', 'targets.read', 'workflows.cleanup', 'payloads.remove'],
  extend: ['store.read', 'store.write', 'targets.read'],
  batch: [
    'store.read',
    'store.write',
    'targets.read',
    'payloads.put',
    'payloads.read',
    'payloads.remove',
    'commandQueue.sendBatchItems',
    'callbacks.complete',
  ],
  savepoints: ['store.read', 'store.write', 'targets.read', 'kubernetes.open', 'workflows.snapshot'],
} as const satisfies Readonly<Record<string, readonly PortUse[]>>;

export const portUses = {
  ...commandUses,
  targets: ['store.read', 'store.write', 'targets.read', 'targets.write', 'kubernetes.open', 'specs.list'],
  uploads: ['targets.read', 'jars.createUpload'],
  plan: ['store.read', 'targets.read', 'kubernetes.open', 'jars.inspect', 'payloads.read', 'resolver.resolve'],
  specs: ['store.read', 'targets.read', 'specs.list', 'specs.put', 'specs.read', 'specs.remove'],
  schedules: ['store.read', 'store.write', 'targets.read', 'specs.read', 'timers.cancel', 'timers.repeat'],
  orphans: ['store.read', 'targets.read', 'kubernetes.open'],
  clusters: ['store.read', 'targets.read'],
  cluster: ['store.read'],
  jobs: ['store.read', 'store.write', 'targets.read', 'kubernetes.open'],
  jobPlan: ['store.read', 'targets.read', 'kubernetes.open', 'jars.inspect', 'jars.open'],
  operation: ['store.read', 'targets.read'],
  queueView: ['store.read', 'store.write', 'targets.read', 'payloads.remove', 'admissionQueue.send'],
  deadLetters: ['store.read', 'commandQueue.listDeadLetters', 'commandQueue.redriveDeadLetters'],
  openapi: [],
  commandQueue: [
    ...new Set([
      ...Object.values(commandUses).flat(),
      'payloads.readUpload',
      'payloads.removeUpload',
      'bus.reject',
      'commandQueue.discard',
    ] as const),
  ],
  admit: [
    'store.read',
    'store.write',
    'targets.read',
    'workflows.submission',
    'payloads.remove',
    'admissionQueue.send',
    'commandQueue.sendResume',
  ],
  publish: ['store.read', 'store.write', 'payloads.remove', 'bus.publish', 'admissionQueue.send', 'callbacks.complete'],
  dispatchReconcile: ['targets.read', 'admissionQueue.send', 'reconcileQueue.send'],
  reconcile: [
    'store.read',
    'store.write',
    'targets.read',
    'kubernetes.open',
    'workflows.cleanup',
    'workflows.snapshot',
    'workflows.startup',
    'workflows.submission',
    'payloads.read',
    'payloads.remove',
    'commandQueue.sendBatchItems',
    'commandQueue.sendResume',
    'reconcileQueue.send',
    'reconcileQueue.follow',
    'timers.cancel',
    'timers.set',
  ],
  timerEvents: [
    'store.read',
    'store.write',
    'targets.read',
    'kubernetes.open',
    'workflows.cleanup',
    'workflows.startup',
    'jars.inspect',
    'payloads.put',
    'payloads.read',
    'payloads.remove',
    'specs.read',
    'admissionQueue.send',
    'timers.cancel',
    'timers.repeat',
  ],
  maintenance: [
    'store.read',
    'targets.read',
    'kubernetes.open',
    'jars.renew',
    'payloads.renew',
    'bus.publish',
    'timers.cancel',
    'timers.repeat',
  ],
  startup: [
    'store.read',
    'store.write',
    'targets.read',
    'kubernetes.open',
    'workflows.cleanup',
    'workflows.submission',
    'jars.inspect',
    'payloads.put',
    'payloads.read',
    'payloads.readUpload',
    'payloads.remove',
    'payloads.renew',
    'admissionQueue.send',
    'reconcileQueue.follow',
  ],
  submission: [
    'store.read',
    'store.write',
    'targets.read',
    'kubernetes.open',
    'jars.open',
    'payloads.read',
    'payloads.remove',
  ],
  cleanup: ['store.read', 'store.write', 'targets.read', 'kubernetes.open', 'admissionQueue.send', 'timers.cancel'],
  snapshot: ['store.read', 'store.write', 'targets.read', 'kubernetes.open', 'reconcileQueue.send'],
} as const satisfies Readonly<Record<string, readonly PortUse[]>>;
