import { type ChildProcess, execFile, fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';

import * as z from 'zod';

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

/** The bundle of `deploy` that the local system deployed, and the environment of its function. */
export const prepareDeployFunction = async (system: LocalSystem, state: string): Promise<DeployFunction> => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-bench-'));
  await run('python3', ['-m', 'zipfile', '-e', join(state, 'package/deploy.zip'), folder]);
  return { bundle: join(folder, 'functions/deploy.mjs'), env: await readEnvironment(system) };
};

const Configuration = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) });

/** The variables of the template, with their references resolved by CloudFormation, and those that Lambda sets. */
const readEnvironment = async (system: LocalSystem): Promise<NodeJS.ProcessEnv> => {
  const name = `${system.outputs['TableName']}-deploy`; // The table has the name of the stack.
  const answer = await fetch(`${system.awsUrl}/2015-03-31/functions/${name}/configuration`, {
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${system.credentials.accessKeyId}/20260101/${system.region}/lambda/aws4_request`,
    },
  });
  const { Environment } = Configuration.parse(await answer.json());
  return {
    ...awsEnvironment({ awsUrl: system.awsUrl }),
    ...Environment.Variables,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    POWERTOOLS_LOG_LEVEL: 'CRITICAL',
  };
};

/**
 * Lets this process assume the role that the clusters trust. Otherwise only the functions of the stack can.
 *
 * @returns Restores the trust policy of the role.
 */
export const trustThisProcess = async (system: LocalSystem): Promise<() => Promise<void>> => {
  const iam = new IAMClient({ endpoint: system.awsUrl, region: system.region, credentials: system.credentials });
  const RoleName = system.outputs['KubernetesRoleArn']?.split('/').at(-1);
  const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
  const original = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
  const policy = JSON.parse(original) as { Statement: unknown[] };
  const Principal = { AWS: `arn:aws:iam::${system.account}:root` };
  policy.Statement.push({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });
  const put = async (PolicyDocument: string) => {
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
  };
  await put(JSON.stringify(policy));
  return () => put(original);
};

export interface WarmFunction {
  /** Deploys a session. */
  readonly invoke: (clusterId: string) => Promise<Pick<Invocation, 'wallMs' | 'awsMs'>>;
  readonly end: () => void;
}

/** A process that calls the function several times, like a warm container of Lambda. */
export const forkWarmFunction = ({ bundle, env }: DeployFunction): WarmFunction => {
  // The function writes its metrics to the standard output, which is that of the report.
  const child: ChildProcess = fork(functionProgram, [bundle], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const invoke = (clusterId: string) =>
    new Promise<Invocation>((resolve, reject) => {
      child.once('message', (message) => {
        const invocation = message as Invocation; // the message of function.ts
        const { status, body } = invocation;
        if (status === 202) resolve(invocation);
        else reject(new Error(`deploy answered ${status}: ${body}`));
      });
      child.send(clusterId);
    });
  return { invoke, end: () => child.kill() };
};
