import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { findStackOutputs, getApiUrl, type Outputs } from '#local/steps/deploy.ts';
import { emulatorName } from '#local/services/emulator.ts';
import { eksEndpointName } from './emulators/eks-endpoint.ts';
import { type Emulator, inspectEmulator } from './emulators/inspect.ts';
import { findLacks, findMissingServices } from './emulators/lacks.ts';
import { removeStack } from './emulators/remove-stack.ts';
import { dashboardName, readDashboardAddress } from '#local/services/dashboard.ts';
import { recorderName } from '#local/services/event-recorder.ts';
import { gatewayName } from '#local/services/gateway.ts';
import { getKubeconfig, isKubernetesRunning, listKubernetesProcesses, runScript } from '#local/services/kubernetes.ts';
import { s3EndpointName } from '#local/services/s3-endpoint.ts';
import { findMissingPrerequisites, findUsedPorts, type Missing } from '#local/steps/prerequisites.ts';
import { endProcess, findRunning, listRunning } from '#local/services/processes.ts';
import { loadSettings, optionsFile, saveOptions } from './saved-options.ts';
import {
  account,
  credentials,
  eksCluster,
  type LocalOptions,
  namespace,
  podBucket,
  region,
  type Settings,
  settingsFrom,
} from './settings.ts';
import { createStartSteps } from '#local/steps/start-steps.ts';
import { defaultReport, type Report, runSteps, type Step } from '#local/steps/steps.ts';
import { targetName } from '#local/steps/target.ts';

const LocalSystem = z.object({
  /** Address of the HTTP API, without `/v1`. */
  apiUrl: z.string(),
  /** `AWS_ENDPOINT_URL` of the emulator. */
  awsUrl: z.string(),
  region: z.string(),
  account: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  /** Name of the target that a start creates. */
  target: z.string(),
  eksCluster: z.string(),
  namespace: z.string(),
  /** Kubeconfig of the cluster's administrator. */
  kubeconfig: z.string(),
  /** Bucket that pods reach. Those of an existing cluster reach none. */
  podBucket: z.string().optional(),
  /** File with every event of the bus, one in a line. */
  eventsFile: z.string(),
  /** Outputs of the deployed stack. */
  outputs: z.record(z.string(), z.string()),
  logs: z.string(),
  /** The emulator, if `npm start` did not start it. */
  emulator: z.object({ name: z.string(), lacks: z.array(z.string()) }).optional(),
});

/** A running system. The file `drey.json` in the state folder has it, too. */
export type LocalSystem = Readonly<z.infer<typeof LocalSystem>>;

/** The machine does not meet the prerequisites, so a retry does not help. */
export class PrerequisitesMissing extends Error {
  override readonly name = 'PrerequisitesMissing';

  constructor(missing: readonly Missing[]) {
    super(`Prerequisites are missing:\n${missing.map(({ what, remedy }) => `  - ${what}: ${remedy}`).join('\n')}`);
  }
}

/** Starts the parts of the system that do not run, and deploys the project. */
export const startLocal = async (
  options: LocalOptions = {},
  report: Report = defaultReport(),
): Promise<LocalSystem> => {
  const settings = settingsFrom(options);
  mkdirSync(settings.logs, { recursive: true });
  const emulator = settings.hasOwnEmulator ? undefined : await findEmulator(settings);
  const reuse = await canReuse(settings);
  if (!reuse) await prepareStart(settings);
  saveOptions(options, settings);

  let outputs: Outputs = {};
  const onDeployed = (deployed: Outputs) => {
    outputs = deployed;
  };
  await runSteps(createStartSteps(settings, { emulator, reuse, onDeployed }), report);

  const system = describeSystem(settings, { outputs, emulator });
  writeFileSync(settings.systemFile, `${JSON.stringify(system, null, 2)}\n`);
  return system;
};

/** @throws PrerequisitesMissing When the emulator cannot deploy the stack. */
const findEmulator = async ({ awsUrl }: Settings): Promise<Emulator> => {
  const emulator = await inspectEmulator(awsUrl);
  const missing = findMissingServices(emulator);
  if (missing.length === 0) return emulator;
  const remedy = `${emulator.name} at ${awsUrl} does not offer it. Use another emulator, or another plan of it`;
  throw new PrerequisitesMissing(missing.map((what) => ({ what, remedy })));
};

interface StopOptions {
  readonly state?: string | undefined;
  /** Whether to delete the state, too. */
  readonly clean?: boolean;
}

/** Stops the processes that a start started. */
export const stopLocal = async (
  { state, clean = false }: StopOptions,
  report: Report = defaultReport(),
): Promise<void> => {
  const settings = loadSettings(state);
  const steps: Step[] = [
    {
      title: `Remove the stack from the AWS emulator at ${settings.awsUrl}`,
      skip: () => settings.hasOwnEmulator && 'The AWS emulator ends with its stack.',
      run: () => removeStack(settings),
    },
    {
      title: 'Stop AWS emulator, endpoints of EKS and S3, event recorder, dashboard and gateway',
      run: () => endProcesses(settings),
    },
    { title: 'Stop Kubernetes', run: () => stopKubernetes(settings, clean ? ['--clean'] : []) },
    {
      title: 'Delete the state',
      skip: () => !clean && 'The state is kept. Delete it with npm stop -- --clean',
      run: async () => deleteState(settings),
    },
  ];
  await runSteps(steps, report);
};

const deleteState = (settings: Settings): void => {
  const names = [
    'access-entries.json',
    'aws',
    'dashboard-address',
    'dashboard.json',
    'eks-endpoint.json',
    'gateway',
    'package',
    's3-endpoint.json',
    'token-webhook',
    'webhook-secret',
  ];
  const inState = names.map((name) => join(settings.state, name));
  const paths = [settings.logs, settings.pids, settings.eventsFile, optionsFile(settings), ...inState];
  for (const path of paths) rmSync(path, { recursive: true, force: true });
};

/** A running process of the system. */
export interface Status {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
  readonly since: string;
}

/** Lists the running processes. */
export const listStatus = async (state?: string): Promise<Status[]> => {
  const settings = loadSettings(state);
  const addresses: Record<string, string> = { 'kube-apiserver': settings.kubernetesUrl };
  const kubernetes = listKubernetesProcesses(settings).map((found) => ({
    ...found,
    address: addresses[found.name] ?? '',
  }));
  return [...(await listRunning(settings)), ...kubernetes].map(({ name, pid, address, since }) => ({
    name,
    pid,
    address: name === dashboardName ? readDashboardAddress(settings) : address,
    since,
  }));
};

/** Reads the system of the last start, whether or not it still runs. */
export const readSystem = (state?: string): LocalSystem | undefined => {
  const { systemFile } = settingsFrom({ state });
  return existsSync(systemFile) ? LocalSystem.parse(JSON.parse(readFileSync(systemFile, 'utf8'))) : undefined;
};

/**
 * Whether everything runs with the same settings. Otherwise everything starts anew, because a new emulator does not know the
 * clusters in Kubernetes.
 */
const canReuse = async (settings: Settings): Promise<boolean> => {
  const first = settings.hasOwnEmulator ? emulatorName : eksEndpointName;
  if ((await findRunning(first, settings)) === undefined) return false;
  if (settings.hasPodStorage && (await findRunning(s3EndpointName, settings)) === undefined) return false;
  if (JSON.stringify(loadSettings(settings.state)) !== JSON.stringify(settings)) return false;
  if (!settings.hasOwnEmulator && (await findStackOutputs(settings)) === undefined) return false;
  return settings.givenKubeconfig === undefined
    ? isKubernetesRunning(settings)
    : (await findRunning(gatewayName, settings)) !== undefined;
};

/** @throws PrerequisitesMissing */
const prepareStart = async (settings: Settings): Promise<void> => {
  const missing = await findMissingPrerequisites(settings);
  if (missing.length > 0) throw new PrerequisitesMissing(missing);
  await endEarlierStart(settings);
  const used = await findUsedPorts(settings);
  if (used.length > 0) throw new PrerequisitesMissing(used);
};

/** Ends what an earlier start left running, possibly with other options, and removes the objects and events of its clusters. */
const endEarlierStart = async (settings: Settings): Promise<void> => {
  const earlier = loadSettings(settings.state);
  if (!earlier.hasOwnEmulator) await removeStack(earlier);
  await endProcesses(earlier);
  await stopKubernetes(earlier, ['--objects']);
  rmSync(settings.eventsFile, { force: true });
};

/** Stops the local cluster. An existing cluster has no state here, and keeps running. */
const stopKubernetes = async (settings: Settings, args: readonly string[]): Promise<void> => {
  if (existsSync(settings.kubernetesState)) await runScript('down', settings, { args });
};

const endProcesses = async (settings: Settings): Promise<void> => {
  rmSync(settings.systemFile, { force: true });
  for (const name of [dashboardName, recorderName, s3EndpointName, emulatorName, eksEndpointName, gatewayName])
    await endProcess(name, settings);
};

const describeSystem = (
  settings: Settings,
  { outputs, emulator }: { readonly outputs: Outputs; readonly emulator: Emulator | undefined },
): LocalSystem => ({
  apiUrl: getApiUrl(settings, outputs),
  awsUrl: settings.awsUrl,
  region,
  account,
  credentials,
  target: targetName,
  eksCluster,
  namespace,
  kubeconfig: getKubeconfig(settings),
  ...(settings.hasPodStorage ? { podBucket } : {}),
  eventsFile: settings.eventsFile,
  outputs,
  logs: settings.logs,
  ...(emulator === undefined ? {} : { emulator: { name: emulator.name, lacks: [...findLacks(emulator)] } }),
});
