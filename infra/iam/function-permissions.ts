/** What the code of each function may do: the permissions of its row, and to start the state machines of its commands. */
import type { WorkflowName } from '#events/commands/define.ts';
import { type CommandFunction, commands } from '#events/commands/index.ts';

import type { FunctionName } from '../functions.ts';
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
} from './permissions.ts';
import { workflowNames } from '../state-machines/definitions.ts';

/** The functions of commands. `commandQueue` has all of their permissions, because it handles the same commands. */
const commandPermissions: Readonly<Record<CommandFunction, readonly Permission[]>> = {
  deploy: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    startWorkflows('cleanup'),
    readPayloads,
    writePayloads,
    deletePayloads,
    requestAdmission,
    sendTaskResults,
  ],
  submit: [readTable, writeTable, readJars, writePayloads, deletePayloads, requestAdmission, sendTaskResults],
  cancel: [readTable, writeTable, assumeKubernetesRole, requestReconcile],
  stop: [readTable, writeTable, deletePayloads],
  extend: [readTable, writeTable],
  batch: [readTable, writeTable, readPayloads, writePayloads, deletePayloads, sendCommands, sendTaskResults],
  savepoints: [readTable, writeTable, assumeKubernetesRole],
};

const permissions: Readonly<Record<FunctionName, readonly Permission[]>> = {
  ...commandPermissions,
  commandQueue: [
    ...Object.values(commandPermissions).flat(),
    deleteUploads,
    sendRejected,
    sendDeadLetters,
    publishEvents,
  ],

  // Reads and changes without an operation.
  plan: [readTable, assumeKubernetesRole, readJars, readPayloads],
  jobPlan: [readTable, assumeKubernetesRole, readJars],
  cluster: [readTable],
  clusters: [readTable],
  jobs: [readTable, writeTable, assumeKubernetesRole],
  operation: [readTable],
  queueView: [readTable, writeTable, deletePayloads, requestAdmission],
  deadLetters: [readTable, handleDeadLetters, sendCommands],
  targets: [readTable, writeTable, assumeKubernetesRole, readSpecs],
  uploads: [readTable, writeJars],
  orphans: [readTable, assumeKubernetesRole],
  specs: [readTable, readSpecs, writeSpecs],
  schedules: [readTable, writeTable, readSpecs, createTimers, updateTimers, deleteTimers],
  openapi: [],

  // Functions in the background.
  admit: [readTable, writeTable, sendCommands, deletePayloads, startWorkflows('submission')],
  publish: [readTable, writeTable, deletePayloads, publishEvents, sendTaskResults],
  dispatchReconcile: [readTable, requestReconcile, requestAdmission],
  reconcile: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    startWorkflows(...workflowNames),
    requestReconcile,
    followApplications,
    sendCommands,
    readPayloads,
    deletePayloads,
    createTimers,
    deleteTimers,
  ],
  timerEvents: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    readPayloads,
    writePayloads,
    deletePayloads,
    requestAdmission,
    startWorkflows('startup', 'cleanup'),
    readSpecs,
    createTimers,
    updateTimers,
    deleteTimers,
  ],
  maintenance: [
    readTable,
    assumeKubernetesRole,
    readJars,
    writeJars,
    readPayloads,
    writePayloads,
    publishEvents,
    createTimers,
    updateTimers,
    deleteTimers,
  ],

  // Steps of the state machines.
  startup: [
    readTable,
    writeTable,
    assumeKubernetesRole,
    readJars,
    readPayloads,
    writePayloads,
    deletePayloads,
    requestAdmission,
    followApplications,
    startWorkflows('submission', 'cleanup'),
  ],
  submission: [readTable, writeTable, assumeKubernetesRole, readJars, readPayloads, deletePayloads],
  cleanup: [readTable, writeTable, assumeKubernetesRole, requestAdmission, deleteTimers],
  snapshot: [readTable, writeTable, assumeKubernetesRole, requestReconcile],
};

/** The state machines of the commands that a function handles. */
const workflowsOf = (name: FunctionName): readonly WorkflowName[] => {
  const handled = Object.values(commands).filter((command) => name === 'commandQueue' || command.function === name);
  return [...new Set(handled.flatMap((command) => ('workflow' in command ? [command.workflow] : [])))];
};

/** What the code of a function may do. The tests compare it with the calls of ports that the code reaches. */
export const permissionsOf = (name: FunctionName): readonly Permission[] => [
  ...permissions[name],
  startWorkflows(...workflowsOf(name)),
];
