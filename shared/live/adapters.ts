/**
 * How the adapters of the ports are opened. A function imports the openers of the ports that it uses, so that its bundle
 * has no other adapter.
 */
import { openBus } from '#shared/aws/bus.ts';
import { openCallbacks } from '#shared/aws/callbacks.ts';
import { openJars } from '#shared/aws/jars.ts';
import { openKeptLogs } from '#shared/aws/kept-logs.ts';
import { openPayloads } from '#shared/aws/payloads.ts';
import { openRevisionSpecs } from '#shared/aws/revision-specs.ts';
import { openSpecs } from '#shared/aws/specs.ts';
import { openQueues } from '#shared/aws/sqs/queues.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { openTimers } from '#shared/aws/timers.ts';
import { openWorkflows } from '#shared/aws/workflows.ts';
import { toAccount } from '#shared/clusters/model/target-place.ts';
import type { NamedTarget } from '#events/records/target.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { openDownloads } from '#shared/downloads.ts';
import { eksAccess } from '#shared/kubernetes/access/credentials.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { openInspection } from '#shared/kubernetes/inspection.ts';
import { openResolver } from '#shared/resolver.ts';

import { newId, now } from './clock.ts';
import { readVariable } from './environment.ts';
import { readSender } from './senders.ts';

/** The store and the targets. */
export const table = () =>
  openTable({ table: readVariable('DREY_TABLE'), now, account: toAccount(readVariable('DREY_KUBERNETES_ROLE_ARN')) });

const openAccess = () => {
  const kubernetesRoleArn = readVariable('DREY_KUBERNETES_ROLE_ARN');
  const accessOf = eksAccess({ kubernetesRoleArn, functionName: readVariable('AWS_LAMBDA_FUNCTION_NAME') });
  const withRole = (target: NamedTarget) => ({ ...target, roleArn: target.roleArn ?? kubernetesRoleArn });
  return { kubernetesRoleArn, accessOf, withRole };
};

export const kubernetes = (): Pick<World, 'kubernetes'> => {
  const { kubernetesRoleArn, accessOf, withRole } = openAccess();
  /** A text that no other stage has, in any account. */
  const stage = [toAccount(kubernetesRoleArn), readVariable('AWS_REGION'), readVariable('DREY_STAGE')].join('/');
  return {
    kubernetes: (target, { signal, ...cause }) =>
      openKubernetes(withRole(target), { access: accessOf(cause), signal, stage }),
  };
};

export const inspection = (): Pick<World, 'inspection'> => {
  const { accessOf, withRole } = openAccess();
  return {
    inspection: (target, { signal, ...cause }) => openInspection(withRole(target), { access: accessOf(cause), signal }),
  };
};

export const workflows = () => ({ workflows: openWorkflows(readVariable('DREY_STATE_MACHINE_ARN_PREFIX')) });

export const jars = () => ({ jars: openJars({ bucket: readVariable('DREY_BUCKET'), now, newId }) });

export const payloads = () => ({ payloads: openPayloads({ bucket: readVariable('DREY_BUCKET'), now }) });

export const revisionSpecs = () => ({
  revisionSpecs: openRevisionSpecs({ bucket: readVariable('DREY_BUCKET'), now }),
});

export const keptLogs = () => ({ keptLogs: openKeptLogs(readVariable('DREY_BUCKET')) });

export const specs = () => ({ specs: openSpecs(readVariable('DREY_BUCKET')) });

export const bus = () => ({
  bus: openBus({ bus: readVariable('DREY_BUS'), rejectedQueueUrl: readVariable('DREY_REJECTED_QUEUE_URL') }),
});

/** The reconcile queue, the admission queue and the command queue. */
export const queues = () =>
  openQueues(
    {
      reconcileQueue: readVariable('DREY_RECONCILE_QUEUE_URL'),
      youngApplicationQueue: readVariable('DREY_YOUNG_APPLICATION_QUEUE_URL'),
      admissionQueue: readVariable('DREY_ADMISSION_QUEUE_URL'),
      commandQueue: readVariable('DREY_COMMAND_QUEUE_URL'),
      deadLetters: readVariable('DREY_DEAD_LETTER_QUEUE_URL'),
    },
    { readSender },
  );

export const callbacks = () => ({ callbacks: openCallbacks() });

export const timers = () => ({
  timers: openTimers({
    group: readVariable('DREY_SCHEDULE_GROUP'),
    queueArn: readVariable('DREY_TIMER_EVENT_QUEUE_ARN'),
    deadLetterQueueArn: readVariable('DREY_TIMER_EVENT_DEAD_LETTER_QUEUE_ARN'),
    roleArn: readVariable('DREY_SCHEDULER_ROLE_ARN'),
  }),
});

export const resolver = () => ({ resolver: openResolver() });

export const downloads = () => ({ downloads: openDownloads({ resolver: openResolver() }) });
