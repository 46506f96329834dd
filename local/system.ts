import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import * as z from 'zod';

import { apiUrlOf, deploy, enableTimeToLive, grantAccess, outputOf, packageFunctions, type Outputs } from './deploy.ts';
import { emulatorName, makeVenv, startEmulator } from './emulator.ts';
import { gatewayCertificate, gatewayName, startGateway } from './gateway.ts';
import {
  kubeconfigOf,
  kubernetesProcesses,
  kubernetesRuns,
  kubernetesScript,
  ownAuthority,
  prepareNamespace,
  writeTokenWebhook,
} from './kubernetes.ts';
import { missingPrerequisites, takenPorts, type Missing } from './prerequisites.ts';
import { allRunning, end, running } from './processes.ts';
import {
  account,
  credentials,
  eksCluster,
  namespace,
  region,
  settingsFrom,
  type LocalOptions,
  type Settings,
} from './settings.ts';
import { runSteps, usualReport, type Report, type Step } from './steps.ts';
import { connectTap, startTap, tapName } from './tap.ts';
import { seedTarget, targetName } from './target.ts';

const LocalSystem = z.object({
  /** What requests begin with, before `/v1`. */
  apiUrl: z.string(),
  /** `AWS_ENDPOINT_URL` of the emulator. */
  awsUrl: z.string(),
  region: z.string(),
  account: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  /** Name of the target that a start leaves in the API. */
  target: z.string(),
  eksCluster: z.string(),
  namespace: z.string(),
  /** Of the cluster's administrator. */
  kubeconfig: z.string(),
  /** Every event of the bus, a line each. */
  eventsFile: z.string(),
  /** Outputs of the deployed stack. */
  outputs: z.record(z.string(), z.string()),
  logs: z.string(),
});

/** A running system; also what `drey.json` in its state folder holds. */
export type LocalSystem = Readonly<z.infer<typeof LocalSystem>>;

/** Something that cannot be helped by trying again. */
export class PrerequisitesMissing extends Error {
  override readonly name = 'PrerequisitesMissing';

  constructor(missing: readonly Missing[]) {
    super(`This machine lacks:\n${missing.map(({ what, remedy }) => `  - ${what}: ${remedy}`).join('\n')}`);
  }
}

/** Brings up everything that does not run yet, and deploys the project to it. */
export const startLocal = async (options: LocalOptions = {}, report: Report = usualReport()): Promise<LocalSystem> => {
  const settings = settingsFrom(options);
  mkdirSync(settings.logs, { recursive: true });
  const reuse = await everythingRuns(settings);
  await requirePrerequisites(settings, reuse);
  writeFileSync(settingsFile(settings), JSON.stringify(absolute(options)));

  const deployed: { outputs: Outputs } = { outputs: {} };
  const beside = {
    title: 'Kubernetes and the AWS emulator',
    steps: reuse ? [namespaceStep(settings)] : startSteps(settings),
  };
  await runSteps(
    [{ title: 'Start', together: true, steps: [packageStep(settings), beside] }, ...deploySteps(settings, deployed)],
    report,
  );

  const system = systemOf(settings, deployed.outputs);
  writeFileSync(settings.systemFile, `${JSON.stringify(system, null, 2)}\n`);
  return system;
};

/** Ends what a start began, and nothing else; `clean` forgets its state too. */
export const stopLocal = async (
  { state, clean = false }: { readonly state?: string | undefined; readonly clean?: boolean },
  report: Report = usualReport(),
): Promise<void> => {
  const settings = settingsOfStarted(state);
  const folders = ['aws', 'gateway', 'package'];
  const forget = [settings.logs, settings.pids, ...folders.map((name) => join(settings.state, name))];
  const steps: Step[] = [
    { title: 'Stop AWS emulator, event tap and gateway', run: () => endProcesses(settings) },
    { title: 'Stop Kubernetes', run: () => stopKubernetes(settings, ...(clean ? ['--clean'] : [])) },
    {
      title: 'Forget the state',
      skip: () => !clean && 'kept; npm stop -- --clean forgets it',
      run: async () => {
        const files = [settings.eventsFile, settingsFile(settings), webhookFiles(settings)].flat();
        for (const path of [...forget, ...files]) rmSync(path, { recursive: true, force: true });
      },
    },
  ];
  await runSteps(steps, report);
};

/** A process of a system, as people see it. */
export interface Status {
  readonly name: string;
  readonly pid: number;
  readonly address: string;
  readonly since: string;
}

/** What runs now. */
export const localStatus = async (state?: string): Promise<Status[]> => {
  const settings = settingsOfStarted(state);
  const addresses: Record<string, string> = { 'kube-apiserver': settings.kubernetesUrl };
  const kubernetes = kubernetesProcesses(settings).map((found) => ({
    ...found,
    address: addresses[found.name] ?? '',
  }));
  return [...(await allRunning(settings)), ...kubernetes].map(({ name, pid, address, since }) => ({
    name,
    pid,
    address,
    since,
  }));
};

/** The system that a start has left, whether or not it still runs. */
export const readSystem = (state?: string): LocalSystem | undefined => {
  const { systemFile } = settingsFrom({ state });
  return existsSync(systemFile) ? LocalSystem.parse(JSON.parse(readFileSync(systemFile, 'utf8'))) : undefined;
};

const settingsFile = ({ state }: Pick<Settings, 'state'>) => join(state, 'options.json');
const webhookFiles = ({ state }: Settings) => ['token-webhook', 'webhook-secret'].map((name) => join(state, name));

/** As a later command in another folder must read them. */
const absolute = (options: LocalOptions): LocalOptions => {
  const { cache, kubeconfig, project } = options;
  const paths = Object.entries({ cache, kubeconfig, project }).filter(([, path]) => path !== undefined);
  return { ...options, ...Object.fromEntries(paths.map(([name, path = '']) => [name, resolve(path)])) };
};

const StartedWith = z.object({
  port: z.number().optional(),
  kubernetesPort: z.number().optional(),
  kubernetesNet: z.string().optional(),
  cache: z.string().optional(),
  kubeconfig: z.string().optional(),
  controlPlaneOnly: z.boolean().optional(),
  project: z.string().optional(),
});

/** The settings of the last start, so that a stop needs no options. */
const settingsOfStarted = (state?: string): Settings => {
  const path = settingsFile(settingsFrom({ state }));
  const options = existsSync(path) ? StartedWith.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  return settingsFrom({ ...options, state });
};

/** Either all goes on, or all begins anew: an emulator that forgot its clusters would not know those that Kubernetes has. */
const everythingRuns = async (settings: Settings): Promise<boolean> => {
  if ((await running(emulatorName, settings)) === undefined) return false;
  const before = settingsOfStarted(settings.state);
  if (JSON.stringify(before) !== JSON.stringify(settings)) return false;
  return settings.givenKubeconfig === undefined
    ? kubernetesRuns(settings)
    : (await running(gatewayName, settings)) !== undefined;
};

const requirePrerequisites = async (settings: Settings, reuse: boolean): Promise<void> => {
  if (reuse) return;
  const missing = await missingPrerequisites(settings);
  if (missing.length > 0) throw new PrerequisitesMissing(missing);
  await endEverything(settings);
  const taken = await takenPorts(settings);
  if (taken.length > 0) throw new PrerequisitesMissing(taken);
};

/** What is left of an earlier start, perhaps with other options, and of a life of the emulator that is over. */
const endEverything = async (settings: Settings): Promise<void> => {
  const before = settingsOfStarted(settings.state);
  await endProcesses(before);
  await stopKubernetes(before, '--objects');
  rmSync(settings.eventsFile, { force: true });
};

/** Of a given cluster there is nothing to stop. */
const stopKubernetes = async (settings: Settings, ...args: string[]): Promise<void> => {
  if (existsSync(settings.kubernetesState)) await kubernetesScript('down', settings, ...args);
};

const endProcesses = async (settings: Settings): Promise<void> => {
  rmSync(settings.systemFile, { force: true });
  for (const name of [tapName, emulatorName, gatewayName]) await end(name, settings);
};

const owns = ({ givenKubeconfig }: Settings) => givenKubeconfig === undefined;

const packageStep = (settings: Settings): Step => ({
  title: 'Bundles of the functions',
  run: () => packageFunctions(settings),
});

const startSteps = (settings: Settings): Step[] => {
  const prepare = { title: 'Prepare', together: true, steps: prepareSteps(settings) };
  if (!owns(settings)) return [prepare, gatewayStep(settings), emulatorStep(settings), namespaceStep(settings)];
  const node: Step = { title: 'Node', run: () => kubernetesScript('start-node', settings) };
  const aws: Step = { title: 'AWS', steps: [emulatorStep(settings), namespaceStep(settings)] };
  const both: Step = { title: 'Node and AWS emulator', together: true, steps: [node, aws] };
  return [prepare, controlPlaneStep(settings), settings.controlPlaneOnly ? aws : both];
};

/** What takes minutes the first time; afterwards it is there. */
const prepareSteps = (settings: Settings): Step[] => {
  const venv: Step = { title: 'Python environment of the AWS emulator', run: () => makeVenv(settings) };
  const binaries: Step = {
    title: 'Binaries of Kubernetes (the first time, Go builds them: some minutes)',
    run: () => kubernetesScript('build', settings),
  };
  const images: Step = {
    title: "Images of the node: Flink on Debian's Java",
    run: async () => {
      await kubernetesScript('packages', settings);
      await kubernetesScript('images', settings);
    },
  };
  if (!owns(settings)) return [venv];
  return settings.controlPlaneOnly ? [venv, binaries] : [venv, binaries, images];
};

const controlPlaneStep = (settings: Settings): Step => ({
  title: 'Control plane of Kubernetes',
  run: () => {
    writeTokenWebhook(settings);
    return kubernetesScript('start-control-plane', settings);
  },
});

const gatewayStep = (settings: Settings): Step => ({
  title: 'Gateway to the given cluster',
  run: async () => {
    await startGateway(settings);
  },
});

const emulatorStep = (settings: Settings): Step => ({
  title: 'AWS emulator',
  run: async () => {
    const authority = owns(settings) ? ownAuthority(settings) : (await gatewayCertificate(settings)).certificate;
    await startEmulator(settings, { endpoint: settings.kubernetesUrl, authority });
  },
});

const namespaceStep = (settings: Settings): Step => ({
  title: 'Namespace and RBAC',
  run: () => prepareNamespace(settings),
});

const deploySteps = (settings: Settings, deployed: { outputs: Outputs }): Step[] => [
  {
    title: 'Deployment to the AWS emulator',
    run: async () => {
      deployed.outputs = await deploy(settings);
      await grantAccess(settings, deployed.outputs);
      await enableTimeToLive(settings);
    },
  },
  { title: `Target "${targetName}"`, run: () => seedTarget(apiUrlOf(settings, deployed.outputs)) },
  {
    title: 'Event tap',
    run: async () => {
      if ((await running(tapName, settings)) !== undefined) return;
      await startTap(settings, await connectTap(settings, outputOf(deployed.outputs, 'EventBusName')));
    },
  },
];

const systemOf = (settings: Settings, outputs: Outputs): LocalSystem => ({
  apiUrl: apiUrlOf(settings, outputs),
  awsUrl: settings.awsUrl,
  region,
  account,
  credentials,
  target: targetName,
  eksCluster,
  namespace,
  kubeconfig: kubeconfigOf(settings),
  eventsFile: settings.eventsFile,
  outputs,
  logs: settings.logs,
});
