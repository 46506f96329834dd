import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccessEntryCommand, EKSClient, ResourceInUseException } from '@aws-sdk/client-eks';
import * as z from 'zod';

import { run } from './processes.ts';
import { awsConfig, awsEnvironment, eksCluster, root, stackName, stage, type Settings } from './settings.ts';

export type Outputs = Readonly<Record<string, string>>;

/** What the bundles and the template are made from. */
const sources = [
  'functions',
  'shared',
  'events',
  'infra',
  'serverless.yml',
  'bootstrap',
  'package.json',
  'package-lock.json',
];

/** Bundles the functions and writes the stack's template, unless that was done from the same sources; needs nothing that runs. */
export const packageFunctions = async (settings: Settings): Promise<void> => {
  const fingerprint = fingerprintOf(settings.project);
  const made = join(packageFolder(settings), 'fingerprint');
  if (existsSync(made) && readFileSync(made, 'utf8') === fingerprint) return;
  await osls('package', ['package', '--package', packageFolder(settings)], settings);
  writeFileSync(made, fingerprint);
};

const fingerprintOf = (project: string): string => {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(project, source);
    const files = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' }).toSorted((one, other) => one.localeCompare(other))
      : [''];
    for (const file of files) {
      const whole = join(path, file);
      if (statSync(whole).isFile()) hash.update(`${source}/${file}\n`).update(readFileSync(whole));
    }
  }
  return hash.digest('hex');
};

/** Deploys the packaged project to the emulator, as `osls deploy` does to AWS. */
export const deploy = async (settings: Settings): Promise<Outputs> => {
  await osls('deploy', ['deploy', '--package', packageFolder(settings)], settings);
  return stackOutputs(settings);
};

const packageFolder = ({ state }: Settings) => join(state, 'package');

const osls = async (log: string, args: readonly string[], settings: Settings): Promise<void> => {
  // Bundling leaves its folders behind.
  const temporary = join(settings.state, 'tmp');
  mkdirSync(temporary, { recursive: true });
  await run(process.execPath, [join(root, 'node_modules/osls/bin/serverless.js'), ...args, '--stage', stage], {
    log: join(settings.logs, log),
    cwd: settings.project,
    env: {
      ...awsEnvironment(settings),
      TMPDIR: temporary,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      // Asks CloudFormation five times a second whether it is done; by default it does so every five seconds.
      SLS_AWS_MONITORING_FREQUENCY: '200',
    },
  });
  rmSync(temporary, { recursive: true, force: true });
};

const stackOutputs = async (settings: Settings): Promise<Outputs> => {
  const client = new CloudFormationClient(awsConfig(settings));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
};

/** @throws Error when the stack has no such output. */
export const outputOf = (outputs: Outputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack ${stackName} has no output ${name}`);
  return value;
};

/** Where the HTTP API answers. The address that the deployment prints is one of AWS, and nothing is there. */
export const apiUrlOf = ({ awsUrl }: Pick<Settings, 'awsUrl'>, outputs: Outputs): string =>
  `${awsUrl}/_aws/execute-api/${outputOf(outputs, 'HttpApiId')}/$default`;

/** The emulator's CloudFormation does not know access entries: this is what an administrator of a real cluster does once. */
export const grantAccess = async (settings: Settings, outputs: Outputs): Promise<void> => {
  const client = new EKSClient(awsConfig(settings));
  const roles = outputOf(outputs, 'KubernetesRoles').split(',');
  for (const principalArn of roles.filter((role) => role !== '')) {
    const entry = { clusterName: eksCluster, principalArn, kubernetesGroups: ['drey'] };
    await client.send(new CreateAccessEntryCommand(entry)).catch((error: unknown) => {
      if (!(error instanceof ResourceInUseException)) throw error; // granted by an earlier start
    });
  }
};

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z
        .object({ TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.boolean() }).optional() })
        .optional(),
    }),
  ),
});

/** The emulator's CloudFormation leaves out TimeToLiveSpecification. */
export const enableTimeToLive = async (settings: Settings): Promise<void> => {
  const path = join(packageFolder(settings), 'cloudformation-template-update-stack.json');
  const { Resources } = Template.parse(JSON.parse(readFileSync(path, 'utf8')));
  const cloudFormation = new CloudFormationClient(awsConfig(settings));
  const dynamo = new DynamoDBClient(awsConfig(settings));
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    const specification = Properties?.TimeToLiveSpecification;
    if (Type !== 'AWS::DynamoDB::Table' || specification === undefined) continue;
    const found = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: stackName, LogicalResourceId: id }),
    );
    const TableName = found.StackResources?.[0]?.PhysicalResourceId;
    await dynamo
      .send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: specification }))
      .catch((error: unknown) => {
        if (!(error instanceof Error && /already/i.test(error.message))) throw error; // enabled by an earlier start
      });
  }
};
