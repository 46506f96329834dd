import { clusterRefOf as placeTyped, refusalOf } from '#cli/api/problem-failure.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import { applicationOf } from '#cli/flows/application.ts';
import { textIn } from '#cli/input/config.ts';
import { modeAskedFor } from '#cli/input/configuration-folder.ts';
import { type LocalInput, readLocalInput } from '#cli/input/local-input.ts';
import { type ProgramOptions, programOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';

import type { Context } from '../context.ts';

const kubernetesSession = defineAction({
  name: 'kubernetes-session',
  summary: 'the objects of a session cluster',
  ignoresUnknown: true,
  examples: {
    'drey render kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster': 'with the stock configuration',
    'FLINK_CONF_DIR=conf drey render kubernetes-session -Dkubernetes.namespace=etl > session.yaml':
      'with a configuration folder',
  },
  run: async (context) => {
    if (context.mode === 'application')
      throw new UsageError('kubernetes-session is for sessions; `drey render run-application` is for applications.');
    const local = await readLocalInput(context);
    await show(context, local, (clusterRef) => ({ ...clusterRef, mode: 'session', config: context.config }));
  },
});

const application = {
  operands: '[jar] [arguments...]',
  stopsAtOperand: true,
  options: { ...programOptions, '-d, --detached': 'sets execution.attached=false' },
  repeatable: repeatableProgramOptions,
} as const;

const run = defineAction<ProgramOptions>({
  ...application,
  name: 'run',
  summary: 'the objects of an application cluster (--target kubernetes-application)',
  examples: {
    'drey render run --target kubernetes-application -Dkubernetes.cluster-id=nightly -p 4 local:///opt/flink/usrlib/etl.jar --day 2026-11-23':
      'what follows the jar belongs to the program',
  },
  run: async (context, operands, options) => {
    if ((await modeAskedFor(context)) === 'session')
      throw new UsageError(
        'A job on a session makes no objects: say --target kubernetes-application, or `drey render kubernetes-session`.',
      );
    await showApplication(operands, options, context, await readLocalInput(context));
  },
});

const runApplication = defineAction<ProgramOptions>({
  ...application,
  name: 'run-application',
  summary: 'the objects of an application cluster',
  examples: {
    'drey render run-application -Dkubernetes.cluster-id=nightly --output json local:///opt/flink/usrlib/etl.jar':
      'as a JSON array',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'session')
      throw new UsageError('run-application is for applications; `drey render kubernetes-session` is for sessions.');
    await showApplication(operands, options, context, await readLocalInput(context));
  },
});

/** What Flink's client would make of the command line and this machine's files alone: no API, no target. */
export const render = defineGroup({
  commands: [kubernetesSession, run, runApplication],
});

const showApplication = async (
  operands: readonly string[],
  options: ProgramOptions,
  context: Context,
  local: LocalInput,
): Promise<void> => {
  const [{ ApplicationJob }, { parse }] = await Promise.all([
    import('#events/commands/deploy.ts'),
    import('#events/problem.ts'),
  ]);
  const { job, config } = applicationOf(operands, options, context);
  await show(context, local, (clusterRef) => ({
    ...clusterRef,
    mode: 'application',
    config,
    job: parse(ApplicationJob, job),
  }));
};

type ClusterRef = Pick<ClusterInput, 'clusterId' | 'namespace'>;

const show = async (
  context: Context,
  local: LocalInput,
  inputOf: (clusterRef: ClusterRef) => ClusterInput,
): Promise<void> => {
  const clusterRef = clusterRefOf(context, local);
  const manifests = await rendered(clusterRef, () => ({
    ...local,
    flinkVersion: context.flinkVersion,
    ...inputOf(clusterRef),
  }));
  [...local.warnings, ...manifests.warnings].forEach((warning) => context.note(`WARN ${warning}`));
  const { addOwnerReference, toDocuments } = await import('#shared/flink/manifests/manifests.ts');
  if (!context.json) return context.print(toDocuments(manifests).trimEnd());
  const owner = { name: clusterRef.clusterId, uid: 'UID' }; // as in the documents: it is not there yet
  context.printJson([manifests.deployment, ...manifests.dependents.map((object) => addOwnerReference(object, owner))]);
};

const clusterRefOf = ({ clusterId, config }: Context, { folder = {} }: LocalInput): ClusterRef => ({
  clusterId: clusterId ?? textIn(folder, 'kubernetes.cluster-id') ?? generatedId(),
  namespace: String(config['kubernetes.namespace'] ?? folder['kubernetes.namespace'] ?? 'default'),
});

/** @see Flink 2.2 `KubernetesClusterClientFactory.generateClusterId` */
const generatedId = () => `flink-cluster-${crypto.randomUUID().replaceAll('-', '').slice(1)}`;

/** @throws Failure with every mistake, in the words that were typed. */
const rendered = async ({ clusterId }: ClusterRef, inputOf: () => ClusterInput): Promise<ClusterManifests> => {
  const [{ renderCluster }, { Fault }] = await Promise.all([
    import('#shared/flink/manifests/render-cluster.ts'),
    import('#events/problem.ts'),
  ]);
  const input = inputOf();
  const named = (pointer: string): string => {
    const typed = placeTyped(pointer);
    const key = typed.replace(/^-D/, '');
    return Object.hasOwn(input.folder ?? {}, key) && !Object.hasOwn(input.config, key)
      ? `${key} in the configuration folder`
      : typed;
  };
  try {
    return renderCluster(input);
  } catch (error) {
    throw error instanceof Fault
      ? refusalOf(`Could not create Kubernetes cluster "${clusterId}".`, error, named)
      : error;
  }
};
