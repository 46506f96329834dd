import { join } from 'node:path';

import {
  deploy,
  enableTimeToLive,
  getApiUrl,
  getOutput,
  grantAccess,
  type Outputs,
  packageFunctions,
} from './deploy.ts';
import { startEmulator } from '#local/services/emulator.ts';
import { startEksEndpoint } from '#local/emulators/eks-endpoint.ts';
import { getEmulatorSettings } from '#local/emulators/functions.ts';
import type { Emulator } from '#local/emulators/inspect.ts';
import { buildPage, startDashboardService } from '#local/services/dashboard.ts';
import { connectRecorder, recorderName, startRecorder } from '#local/services/event-recorder.ts';
import { getGatewayCertificate, startGateway } from '#local/services/gateway.ts';
import { prepareNamespace, readAuthority, runScript, writeTokenWebhook } from '#local/services/kubernetes.ts';
import { findRunning } from '#local/services/processes.ts';
import { createVenv } from '#local/services/python.ts';
import { root, type Settings } from '#local/settings.ts';
import { createPodStorage } from './pod-storage.ts';
import type { Step } from './steps.ts';
import { putTarget, targetName } from './target.ts';

interface StartOptions {
  /** The emulator that the start uses and did not start. */
  readonly emulator: Emulator | undefined;
  /** Whether Kubernetes and the emulator already run. */
  readonly reuse: boolean;
  /** Receives the outputs of the deployed stack. */
  readonly onDeployed: (outputs: Outputs) => void;
}

/** The steps of a start: Kubernetes and the AWS emulator start while the functions are bundled. The deployment follows. */
export const createStartSteps = (settings: Settings, { emulator, reuse, onDeployed }: StartOptions): Step[] => {
  const services: Step = {
    title: 'Kubernetes and AWS emulator',
    steps: reuse ? [createNamespaceStep(settings)] : createServiceSteps(settings),
  };
  const bundles: Step = {
    title: 'Bundles of the functions',
    run: () => packageFunctions(settings, getEmulatorSettings(settings, emulator)),
  };
  const deployment: Step = { title: 'Deployment', steps: createDeploySteps(settings, onDeployed) };
  const images = usesLocalCluster(settings) && settings.flink.length > 1 ? [createImportStep(settings)] : [];
  return [
    { title: 'Start', concurrent: true, steps: [bundles, services] },
    { title: 'Deployment and further images', concurrent: true, steps: [deployment, ...images] },
  ];
};

const usesLocalCluster = ({ givenKubeconfig }: Settings) => givenKubeconfig === undefined;

const createServiceSteps = (settings: Settings): Step[] => {
  const prepare: Step = { title: 'Downloads and builds', concurrent: true, steps: createBuildSteps(settings) };
  const emulator = createEmulatorStep(settings);
  const namespace = createNamespaceStep(settings);
  if (!usesLocalCluster(settings)) return [prepare, createGatewayStep(settings), emulator, namespace];
  const node: Step = { title: 'Kubernetes node', run: () => runScript('node/start', settings) };
  const storage: Step = { title: 'S3 of the pods', run: () => createPodStorage(settings) };
  const aws: Step = { title: 'AWS', steps: [emulator, namespace, ...(settings.hasPodStorage ? [storage] : [])] };
  const both: Step = { title: 'Kubernetes node and AWS emulator', concurrent: true, steps: [node, aws] };
  return [prepare, createControlPlaneStep(settings), settings.controlPlaneOnly ? aws : both];
};

const createEmulatorVenv = ({ venv, logs }: Settings) =>
  createVenv({ venv, requirements: join(root, 'local/requirements.txt'), log: join(logs, 'pip') });

/** These steps take minutes at the first start. Later starts find their results in the cache. */
const createBuildSteps = (settings: Settings): Step[] => {
  const venv: Step = { title: 'Python environment of the AWS emulator', run: () => createEmulatorVenv(settings) };
  const binary: Step = {
    title: 'Kubernetes binary (compiled by the first start)',
    run: (progress) => runScript('build', settings, { progress }),
  };
  const images: Step = {
    title: 'Images of Flink and Debian (built by the first start)',
    run: async (progress) => {
      await runScript('node/packages', settings, { progress });
      await runScript('images/build', settings, { progress });
    },
  };
  return [
    ...(settings.hasOwnEmulator ? [venv] : []),
    ...(usesLocalCluster(settings) ? [binary] : []),
    ...(usesLocalCluster(settings) && !settings.controlPlaneOnly ? [images] : []),
  ];
};

/** The node already has the first image when it starts. */
const createImportStep = (settings: Settings): Step => ({
  title: `Images of Flink ${settings.flink.slice(1).join(', ')}`,
  skip: () => settings.controlPlaneOnly && 'The node is missing.',
  run: (progress) => runScript('images/import', settings, { progress }),
});

const createControlPlaneStep = (settings: Settings): Step => ({
  title: 'Kubernetes control plane',
  run: () => {
    writeTokenWebhook(settings);
    return runScript('start-control-plane', settings);
  },
});

const createGatewayStep = (settings: Settings): Step => ({
  title: 'Gateway to the existing cluster',
  run: async () => {
    await startGateway(settings);
  },
});

const createEmulatorStep = (settings: Settings): Step => ({
  title: settings.hasOwnEmulator ? 'AWS emulator' : 'EKS endpoint',
  run: async () => {
    const authority = usesLocalCluster(settings)
      ? readAuthority(settings)
      : (await getGatewayCertificate(settings)).certificate;
    const start = settings.hasOwnEmulator ? startEmulator : startEksEndpoint;
    await start(settings, { endpoint: settings.kubernetesUrl, authority });
  },
});

const createNamespaceStep = (settings: Settings): Step => ({
  title: 'Namespace and RBAC',
  run: () => prepareNamespace(settings),
});

const createDeploySteps = (settings: Settings, onDeployed: StartOptions['onDeployed']): Step[] => {
  let outputs: Outputs = {};
  return [
    {
      title: 'Deployment to the AWS emulator',
      run: async () => {
        outputs = await deploy(settings);
        await grantAccess(settings, outputs);
        await enableTimeToLive(settings);
        onDeployed(outputs);
      },
    },
    { title: `Target "${targetName}"`, run: () => putTarget(getApiUrl(settings, outputs), settings) },
    {
      title: 'Event recorder',
      run: async () => {
        if ((await findRunning(recorderName, settings)) !== undefined) return;
        await startRecorder(settings, await connectRecorder(settings, getOutput(outputs, 'EventBusName')));
      },
    },
    {
      title: 'Dashboard',
      run: async () => {
        await buildPage(settings);
        await startDashboardService(settings, { apiUrl: getApiUrl(settings, outputs), target: targetName });
      },
    },
  ];
};
