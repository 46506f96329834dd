/** What the code of each function may do: what the uses of ports that it declares need. */
import type { WorkflowName } from '#events/commands/define.ts';
import { type PortUse, portUses } from '#shared/live/port-uses.ts';

import type { FunctionName } from '../functions.ts';
import {
  assumeKubernetesRole,
  createTimers,
  deletePayloads,
  deleteRevisionSpecs,
  deleteTimers,
  deleteUploads,
  followApplications,
  handleDeadLetters,
  type Permission,
  publishEvents,
  readJars,
  readKeptLogs,
  readPayloads,
  readRevisionSpecs,
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
  writeKeptLogs,
  writePayloads,
  writeRevisionSpecs,
  writeSpecs,
  writeTable,
} from './permissions.ts';

type WorkflowUse = `workflows.${WorkflowName}`;

/** What the uses of ports need. A use of state machines needs to start those that it names. */
export const usePermissions: Readonly<Record<Exclude<PortUse, WorkflowUse>, readonly Permission[]>> = {
  'store.read': [readTable],
  'store.write': [writeTable],
  'targets.read': [readTable],
  'targets.write': [readTable, writeTable],
  // A target is in a cluster of Kubernetes, which knows one role.
  'kubernetes.open': [assumeKubernetesRole],
  'inspection.open': [assumeKubernetesRole],
  'jars.createUpload': [writeJars],
  'jars.inspect': [readJars],
  'jars.open': [readJars],
  'jars.renew': [readJars, writeJars],
  'payloads.put': [writePayloads],
  'payloads.read': [readPayloads],
  'payloads.remove': [deletePayloads],
  'payloads.renew': [readPayloads, writePayloads],
  // The upload of a command has the key of a jar.
  'payloads.readUpload': [readJars],
  'payloads.removeUpload': [deleteUploads],
  'revisionSpecs.put': [writeRevisionSpecs],
  'revisionSpecs.read': [readRevisionSpecs],
  'revisionSpecs.remove': [deleteRevisionSpecs],
  'revisionSpecs.renew': [readRevisionSpecs, writeRevisionSpecs],
  'keptLogs.put': [writeKeptLogs],
  'keptLogs.read': [readKeptLogs],
  'specs.list': [readSpecs],
  'specs.read': [readSpecs],
  'specs.put': [writeSpecs],
  'specs.remove': [writeSpecs],
  'bus.publish': [publishEvents],
  'bus.reject': [sendRejected, publishEvents],
  'commandQueue.sendResume': [sendCommands],
  'commandQueue.sendBatchItems': [sendCommands],
  'commandQueue.discard': [sendDeadLetters],
  'commandQueue.listDeadLetters': [handleDeadLetters],
  'commandQueue.redriveDeadLetters': [handleDeadLetters, sendCommands],
  'admissionQueue.send': [requestAdmission],
  'reconcileQueue.send': [requestReconcile],
  'reconcileQueue.follow': [followApplications],
  'callbacks.complete': [sendTaskResults],
  'timers.set': [createTimers],
  'timers.cancel': [deleteTimers],
  'timers.repeat': [createTimers, updateTimers],
  // Names and addresses of programs are looked up without AWS.
  'resolver.resolve': [],
  'downloads.findMissingStatus': [],
};

/** The state machine that a use starts. Undefined for a use of another port. */
const workflowOf = (use: PortUse): WorkflowName | undefined =>
  // The type of a use has only such names after the dot.
  isWorkflowUse(use) ? (use.slice('workflows.'.length) as WorkflowName) : undefined;

const isWorkflowUse = (use: PortUse): use is WorkflowUse => use.startsWith('workflows.');

export const permissionsOfUses = (uses: readonly PortUse[]): readonly Permission[] => {
  const workflows = uses.flatMap((use) => workflowOf(use) ?? []);
  const others = uses.flatMap((use) => (isWorkflowUse(use) ? [] : usePermissions[use]));
  return workflows.length === 0 ? others : [...others, startWorkflows(...workflows)];
};

/** What the code of a function may do. */
export const permissionsOf = (name: FunctionName): readonly Permission[] => permissionsOfUses(portUses[name]);
