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

import { type EmulatorSettings, emulatorVariable } from '../../infra/emulator.ts';

import { writeAccessEntries } from '#local/emulators/eks-endpoint.ts';
import { run } from '#local/services/processes.ts';
import { awsConfig, awsEnvironment, eksCluster, root, type Settings, stackName, stage } from '#local/settings.ts';

export type Outputs = Readonly<Record<string, string>>;

/** The files from which the bundles and the template are built. */
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

/** Bundles the functions and writes the stack's template, unless the sources are unchanged. Needs no running service. */
export const packageFunctions = async (settings: Settings, emulator: EmulatorSettings): Promise<void> => {
  const fingerprint = computeFingerprint(settings.project, emulator);
  const file = join(packageFolder(settings), 'fingerprint');
  if (existsSync(file) && readFileSync(file, 'utf8') === fingerprint) return;
  await osls(['package', '--package', packageFolder(settings)], settings, emulator);
  writeFileSync(file, fingerprint);
};

const computeFingerprint = (project: string, emulator: EmulatorSettings): string => {
  const hash = createHash('sha256').update(JSON.stringify(emulator));
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
  await osls(['deploy', '--package', packageFolder(settings)], settings);
  return getStackOutputs(settings);
};

const packageFolder = ({ state }: Settings) => join(state, 'package');

/** Runs osls in the project. */
export const osls = async (
  args: readonly [command: string, ...rest: string[]],
  settings: Settings,
  emulator: Partial<EmulatorSettings> = {},
): Promise<void> => {
  // The bundler does not remove its temporary folders.
  const temporary = join(settings.state, 'tmp');
  mkdirSync(temporary, { recursive: true });
  await run(process.execPath, [join(root, 'node_modules/osls/bin/serverless.js'), ...args, '--stage', stage], {
    log: join(settings.logs, args[0]),
    cwd: settings.project,
    env: {
      ...awsEnvironment(settings),
      TMPDIR: temporary,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      [emulatorVariable]: JSON.stringify(emulator),
      // Polls CloudFormation every 200 ms. The default is five seconds.
      SLS_AWS_MONITORING_FREQUENCY: '200',
    },
  });
  rmSync(temporary, { recursive: true, force: true });
};

const getStackOutputs = async (settings: Settings): Promise<Outputs> => {
  const client = new CloudFormationClient(awsConfig(settings));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
};

/** The outputs of the stack, or undefined when there is no stack. CloudFormation names that a validation error. */
export const findStackOutputs = (settings: Settings): Promise<Outputs | undefined> =>
  getStackOutputs(settings).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ValidationError') return undefined;
    throw error;
  });

/** @throws Error When the stack has no such output. */
export const getOutput = (outputs: Outputs, name: string): string => {
  const value = outputs[name];
  if (value === undefined) throw new Error(`the stack ${stackName} has no output ${name}`);
  return value;
};

/** The address of the HTTP API in the emulator. The address that the deployment prints is an address of AWS. */
export const getApiUrl = ({ awsUrl }: Pick<Settings, 'awsUrl'>, outputs: Outputs): string =>
  `${awsUrl}/_aws/execute-api/${getOutput(outputs, 'HttpApiId')}/$default`;

/** Creates the access entry, which an administrator of a real cluster creates. The emulator's CloudFormation does not support it. */
export const grantAccess = async (settings: Settings, outputs: Outputs): Promise<void> => {
  const principalArn = getOutput(outputs, 'KubernetesRoleArn');
  const kubernetesGroups = ['drey'];
  if (!settings.hasOwnEmulator) {
    writeAccessEntries(settings, { [principalArn]: kubernetesGroups });
    return;
  }
  const entry = { clusterName: eksCluster, principalArn, kubernetesGroups };
  await new EKSClient(awsConfig(settings)).send(new CreateAccessEntryCommand(entry)).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error; // an earlier start created it
  });
};

const Template = z.object({
  Resources: z.record(
    z.string(),
    z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});
/** The part of a compiled CloudFormation template that lists the resources. */
export type Template = Readonly<z.infer<typeof Template>>;

/** Reads the template that the last start compiled. */
export const readTemplate = (settings: Settings): Template =>
  Template.parse(
    JSON.parse(readFileSync(join(packageFolder(settings), 'cloudformation-template-update-stack.json'), 'utf8')),
  );

const TimeToLive = z.object({ AttributeName: z.string(), Enabled: z.boolean() });

/** Enables the expiry of items. The emulator's CloudFormation ignores TimeToLiveSpecification. */
export const enableTimeToLive = async (settings: Settings): Promise<void> => {
  const { Resources } = readTemplate(settings);
  const cloudFormation = new CloudFormationClient(awsConfig(settings));
  const dynamo = new DynamoDBClient(awsConfig(settings));
  for (const [id, { Type, Properties }] of Object.entries(Resources)) {
    if (Type !== 'AWS::DynamoDB::Table' || Properties?.['TimeToLiveSpecification'] === undefined) continue;
    const specification = TimeToLive.parse(Properties['TimeToLiveSpecification']);
    const found = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: stackName, LogicalResourceId: id }),
    );
    const TableName = found.StackResources?.[0]?.PhysicalResourceId;
    await dynamo
      .send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: specification }))
      .catch((error: unknown) => {
        if (!(error instanceof Error && /already/i.test(error.message))) throw error; // an earlier start enabled it
      });
  }
};
