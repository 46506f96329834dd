import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

import { v7 } from 'uuid';
import * as z from 'zod';

import { Grants } from '#events/http/grants.ts';
import { openBus } from '#shared/aws/bus.ts';
import { openCallbacks } from '#shared/aws/callbacks.ts';
import { openJars } from '#shared/aws/jars.ts';
import { createLogger } from '#shared/aws/logger.ts';
import { openMetrics } from '#shared/aws/metrics.ts';
import { openPayloads } from '#shared/aws/payloads.ts';
import { openQueues } from '#shared/aws/sqs/queues.ts';
import { openSenders } from '#shared/aws/sqs/senders.ts';
import { openSpecs } from '#shared/aws/specs.ts';
import { openTable } from '#shared/aws/table/table.ts';
import { openTimers } from '#shared/aws/timers.ts';
import { openWorkflows } from '#shared/aws/workflows.ts';
import { toAccount } from '#shared/clusters/model/target-place.ts';
import type { World } from '#shared/clusters/ports/ports.ts';
import { eksAccess } from '#shared/kubernetes/access/credentials.ts';
import { openKubernetes } from '#shared/kubernetes/cluster.ts';
import { openResolver } from '#shared/resolver.ts';

/** The environment variables that `serverless.yml` and Lambda set for every function. */
const Environment = z.object({
  DREY_TABLE: z.string(),
  DREY_BUS: z.string(),
  DREY_REJECTED_QUEUE_URL: z.string(),
  DREY_RECONCILE_QUEUE_URL: z.string(),
  DREY_YOUNG_APPLICATION_QUEUE_URL: z.string(),
  DREY_ADMISSION_QUEUE_URL: z.string(),
  DREY_COMMAND_QUEUE_URL: z.string(),
  DREY_DEAD_LETTER_QUEUE_URL: z.string(),
  /** The unique IDs of the roles with which functions send commands, separated by commas. */
  DREY_SENDER_ROLE_IDS: z.string(),
  DREY_BUCKET: z.string(),
  DREY_SCHEDULE_GROUP: z.string(),
  DREY_TIMER_EVENT_QUEUE_ARN: z.string(),
  DREY_TIMER_EVENT_DEAD_LETTER_QUEUE_ARN: z.string(),
  DREY_SCHEDULER_ROLE_ARN: z.string(),
  DREY_STATE_MACHINE_ARN_PREFIX: z.string(),
  /** EKS clusters of this account have an access entry for it. The roles of other targets trust it. */
  DREY_KUBERNETES_ROLE_ARN: z.string(),
  /** The rights of callers with a token, as JSON, on a stage with the setting `jwt`. */
  DREY_GRANTS: z.string().optional(),
  DREY_VERSION: z.string(),
  AWS_LAMBDA_FUNCTION_NAME: z.string(),
  AWS_LAMBDA_FUNCTION_VERSION: z.string(),
  DREY_STAGE: z.string(),
  AWS_REGION: z.string(),
});

const environment = Environment.parse(process.env);

export const version = environment.DREY_VERSION;
export const log = createLogger({
  stage: environment.DREY_STAGE,
  function: environment.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
});

const now = () => new Date();
const newId = () => v7().replaceAll('-', '');
const kubernetesRoleArn = environment.DREY_KUBERNETES_ROLE_ARN;
const account = toAccount(kubernetesRoleArn);
/** A text that no other stage has, in any account. */
const stage = [account, environment.AWS_REGION, environment.DREY_STAGE].join('/');
const accessOf = eksAccess({ kubernetesRoleArn, functionName: environment.AWS_LAMBDA_FUNCTION_NAME });

export const readSender = openSenders(environment.DREY_SENDER_ROLE_IDS.split(','));

/** The adapters of a function. AWS clients are created at their first use and kept while the container lives. */
export const live: World = {
  ...openTable({ table: environment.DREY_TABLE, now, account }),
  kubernetes: (target, { signal, ...cause }) =>
    openKubernetes(
      { ...target, roleArn: target.roleArn ?? kubernetesRoleArn },
      { access: accessOf(cause), signal, stage },
    ),
  workflows: openWorkflows(environment.DREY_STATE_MACHINE_ARN_PREFIX),
  jars: openJars({ bucket: environment.DREY_BUCKET, now, newId }),
  bus: openBus({ bus: environment.DREY_BUS, rejectedQueueUrl: environment.DREY_REJECTED_QUEUE_URL }),
  ...openQueues(
    {
      reconcileQueue: environment.DREY_RECONCILE_QUEUE_URL,
      youngApplicationQueue: environment.DREY_YOUNG_APPLICATION_QUEUE_URL,
      admissionQueue: environment.DREY_ADMISSION_QUEUE_URL,
      commandQueue: environment.DREY_COMMAND_QUEUE_URL,
      deadLetters: environment.DREY_DEAD_LETTER_QUEUE_URL,
    },
    { readSender },
  ),
  payloads: openPayloads({ bucket: environment.DREY_BUCKET, now }),
  callbacks: openCallbacks(),
  timers: openTimers({
    group: environment.DREY_SCHEDULE_GROUP,
    queueArn: environment.DREY_TIMER_EVENT_QUEUE_ARN,
    deadLetterQueueArn: environment.DREY_TIMER_EVENT_DEAD_LETTER_QUEUE_ARN,
    roleArn: environment.DREY_SCHEDULER_ROLE_ARN,
  }),
  specs: openSpecs(environment.DREY_BUCKET),
  resolver: openResolver(),
  account,
  grants: environment.DREY_GRANTS === undefined ? undefined : Grants.parse(JSON.parse(environment.DREY_GRANTS)),
  log: {
    info: (message, fields = {}) => log.info(message, fields),
    warn: (message, fields = {}) => log.warn(message, fields),
    error: (message, fields = {}) => log.error(message, fields),
  },
  metrics: openMetrics(environment.DREY_STAGE),
  now,
  newId,
  newToken: () => randomUUID(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }),
  random: Math.random,
};
