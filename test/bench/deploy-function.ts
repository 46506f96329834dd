import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';

import { awsEnvironment } from '#local/settings.ts';
import type { LocalSystem } from '#local/system.ts';

import type { Invocation } from './function.ts';

const run = promisify(execFile);

/** The program that calls the bundled function. */
export const functionProgram = join(import.meta.dirname, 'function.ts');

export interface DeployFunction {
  readonly bundle: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The bundle of `deploy` that the local system deployed, and an environment like that of its function. */
export const prepareDeployFunction = async (system: LocalSystem, state: string): Promise<DeployFunction> => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bench-'));
  await run('python3', ['-m', 'zipfile', '-e', join(state, 'package/deploy.zip'), folder]);
  return { bundle: join(folder, 'functions/deploy.mjs'), env: createEnvironment(system) };
};

/** The names are those of serverless.yml. The values follow from the outputs and the names of the stack. */
const createEnvironment = (system: LocalSystem): NodeJS.ProcessEnv => {
  const { region, account, outputs } = system;
  const output = (name: string) => outputs[name] ?? '';
  const stack = output('TableName'); // the table has the name of the stack
  const queueArn = (name: string) => `arn:aws:sqs:${region}:${account}:${stack}-${name}`;
  return {
    ...awsEnvironment({ awsUrl: system.awsUrl }),
    DREY_VERSION: 'bench',
    DREY_TABLE: output('TableName'),
    DREY_BUS: output('EventBusName'),
    DREY_BUCKET: output('BucketName'),
    DREY_REJECTED_QUEUE_URL: output('RejectedCommandQueueUrl'),
    DREY_RECONCILE_QUEUE_URL: output('ReconcileQueueUrl'),
    DREY_YOUNG_APPLICATION_QUEUE_URL: output('YoungApplicationQueueUrl'),
    DREY_ADMISSION_QUEUE_URL: output('AdmissionQueueUrl'),
    DREY_COMMAND_QUEUE_URL: output('CommandQueueUrl'),
    DREY_DEAD_LETTER_QUEUE_URL: output('CommandDeadLetterQueueUrl'),
    DREY_SCHEDULE_GROUP: output('ScheduleGroup'),
    DREY_TIMER_EVENT_QUEUE_ARN: queueArn('timer-events'),
    DREY_TIMER_EVENT_DEAD_LETTER_QUEUE_ARN: queueArn('timer-events-dead-letters'),
    // No timer uses the role, because the sessions of the benchmark have no lifetime.
    DREY_SCHEDULER_ROLE_ARN: `arn:aws:iam::${account}:role/scheduler`,
    DREY_STATE_MACHINE_ARN_PREFIX: `arn:aws:states:${region}:${account}:stateMachine:${stack}-`,
    DREY_KUBERNETES_ROLE_ARN: output('KubernetesRoleArn'),
    AWS_LAMBDA_FUNCTION_NAME: `${stack}-deploy`,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    DREY_SENDER_ROLE_IDS: '', // Only the command queue compares them.
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
};

/** Lets this process assume the role that the clusters trust. Otherwise only the functions of the stack can. */
export const trustThisProcess = async (system: LocalSystem): Promise<void> => {
  const iam = new IAMClient({ endpoint: system.awsUrl, region: system.region, credentials: system.credentials });
  const RoleName = system.outputs['KubernetesRoleArn']?.split('/').at(-1);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const policy = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')) as { Statement: unknown[] };
  const Principal = { AWS: `arn:aws:iam::${system.account}:root` };
  policy.Statement.push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: JSON.stringify(policy) }));
};

export interface WarmFunction {
  /** Deploys a session and returns the wall time in milliseconds. */
  readonly invoke: (clusterId: string) => Promise<number>;
  readonly end: () => void;
}

/** A process that calls the function several times, like a warm container of Lambda. */
export const forkWarmFunction = ({ bundle, env }: DeployFunction): WarmFunction => {
  const child: ChildProcess = fork(functionProgram, [bundle], { env });
  const invoke = (clusterId: string) =>
    new Promise<number>((resolve, reject) => {
      child.once('message', (message) => {
        const { wallMs, status, body } = message as Invocation; // the message of function.ts
        if (status === 202) resolve(wallMs);
        else reject(new Error(`deploy answered ${status}: ${body}`));
      });
      child.send(clusterId);
    });
  return { invoke, end: () => child.kill() };
};
