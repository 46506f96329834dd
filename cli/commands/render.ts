import { describePointer } from '#cli/api/cli-words.ts';
import { faultToFailure } from '#cli/api/problem-failure.ts';
import { defineAction, defineGroup } from '#cli/commander/command.ts';
import {
  type Application,
  parseApplication,
  readApplicationInput,
  readProgram,
  toApplication,
} from '#cli/flows/application.ts';
import { textOption } from '#cli/input/config.ts';
import { resolveMode } from '#cli/input/configuration-folder.ts';
import { type LocalInput, readLocalInput } from '#cli/input/local-input.ts';
import { type ProgramOptions, programOptions, repeatableProgramOptions } from '#cli/options/program.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import type { ClusterManifests } from '#shared/flink/manifests/render-cluster.ts';

import type { Context } from '../context.ts';
import { readScript, type ScriptOptions, sqlOptions } from './sql.ts';

const kubernetesSession = defineAction({
  name: 'kubernetes-session',
  summary: 'print the objects of a session',
  ignoresUnknown: true,
  examples: {
    'drey render kubernetes-session -Dkubernetes.cluster-id=my-first-flink-cluster':
      'print a session with the stock configuration',
    'FLINK_CONF_DIR=conf drey render kubernetes-session -Dkubernetes.namespace=etl > session.yaml':
      'print a session with a configuration folder',
  },
  run: async (context) => {
    if (context.mode === 'application')
      throw new UsageError(
        'kubernetes-session renders sessions only. Use `drey render run-application` for applications.',
      );
    const local = await readLocalInput(context);
    await showManifests(context, local, (clusterName) => ({ ...clusterName, mode: 'session', config: context.config }));
  },
});

const application = {
  operands: '[jar] [arguments...]',
  stopsAtOperand: true,
  options: { ...programOptions, '-d, --detached': 'set execution.attached=false' },
  repeatable: repeatableProgramOptions,
} as const;

const run = defineAction<ProgramOptions>({
  ...application,
  name: 'run',
  summary: 'print the objects of an application',
  examples: {
    'drey render run --target kubernetes-application -Dkubernetes.cluster-id=nightly -p 4 local:///opt/flink/usrlib/etl.jar --day 2026-11-23':
      'print an application; the words after the jar are its arguments',
  },
  run: async (context, operands, options) => {
    if ((await resolveMode(context)) === 'session')
      throw new UsageError(
        'A job on a session has no objects. Use --target kubernetes-application or `drey render kubernetes-session`.',
      );
    await showApplication(parseApplication(operands, options, context), options, context);
  },
});

const runApplication = defineAction<ProgramOptions>({
  ...application,
  name: 'run-application',
  summary: 'print the objects of an application',
  examples: {
    'drey render run-application -Dkubernetes.cluster-id=nightly --output json local:///opt/flink/usrlib/etl.jar':
      'print the objects as a JSON array',
  },
  run: async (context, operands, options) => {
    if (context.mode === 'session')
      throw new UsageError(
        'run-application renders applications only. Use `drey render kubernetes-session` for sessions.',
      );
    await showApplication(parseApplication(operands, options, context), options, context);
  },
});

const sql = defineAction<ScriptOptions & ProgramOptions>({
  name: 'sql',
  options: sqlOptions,
  summary: 'print the objects of an application with a script',
  examples: {
    'drey render sql -Dkubernetes.cluster-id=etl -f etl.sql': 'print an application that executes a SQL script',
  },
  run: async (context, _operands, options) => {
    if (context.mode === 'session')
      throw new UsageError('A job on a session has no objects. Leave out --target kubernetes-session.');
    const script = await readScript(options, context);
    await showApplication(toApplication(script, options, context), options, context);
  },
});

/** Renders what Flink's client would create, from the command line and files of this machine, without the API. */
export const render = defineGroup({
  commands: [kubernetesSession, run, runApplication, sql],
});

const showApplication = async (
  { job, config }: Application,
  options: ProgramOptions,
  context: Context,
): Promise<void> => {
  const [{ ApplicationJob }, { parse }, { withClusterSettings }] = await Promise.all([
    import('#events/programs/application-job.ts'),
    import('#events/problems/problem.ts'),
    import('#shared/flink/program/sql-settings.ts'),
  ]);
  const unparsed = await readProgram(job, context);
  const local = await readApplicationInput(options, context);
  await showManifests(context, local, (clusterName) => {
    const program = parse(ApplicationJob, unparsed);
    return { ...clusterName, mode: 'application', config: withClusterSettings(config, program), job: program };
  });
};

type ClusterName = Pick<ClusterInput, 'clusterId' | 'namespace'>;

const showManifests = async (
  context: Context,
  local: LocalInput,
  createInput: (clusterName: ClusterName) => ClusterInput,
): Promise<void> => {
  const clusterName = resolveClusterName(context, local);
  const manifests = await renderManifests(clusterName, () => ({
    ...local,
    flinkVersion: context.flinkVersion,
    ...createInput(clusterName),
  }));
  [...local.warnings, ...manifests.warnings].forEach((warning) => context.printNotice(`WARN ${warning}`));
  const { addOwnerReference, toDocuments } = await import('#shared/flink/manifests/manifests.ts');
  if (!context.json) return context.print(toDocuments(manifests).trimEnd());
  const owner = { name: clusterName.clusterId, uid: 'UID' }; // a placeholder, because Kubernetes assigns the uid
  context.printJson([manifests.deployment, ...manifests.dependents.map((object) => addOwnerReference(object, owner))]);
};

const resolveClusterName = ({ clusterId, config }: Context, { folder = {} }: LocalInput): ClusterName => ({
  clusterId: clusterId ?? textOption(folder, 'kubernetes.cluster-id') ?? generateClusterId(),
  namespace: String(config['kubernetes.namespace'] ?? folder['kubernetes.namespace'] ?? 'default'),
});

/** @see Flink 2.2 `KubernetesClusterClientFactory.generateClusterId` */
const generateClusterId = () => `flink-cluster-${crypto.randomUUID().replaceAll('-', '').slice(1)}`;

/** @throws Failure with all field errors, named as the user typed them. */
const renderManifests = async (
  { clusterId }: ClusterName,
  createInput: () => ClusterInput,
): Promise<ClusterManifests> => {
  const [{ renderCluster }, { Fault }] = await Promise.all([
    import('#shared/flink/manifests/render-cluster.ts'),
    import('#events/problems/problem.ts'),
  ]);
  let input: ClusterInput | undefined;
  const describe = (pointer: string): string => {
    const typed = describePointer(pointer);
    const key = typed.replace(/^-D/, '');
    return Object.hasOwn(input?.folder ?? {}, key) && !Object.hasOwn(input?.config ?? {}, key)
      ? `${key} in the configuration folder`
      : typed;
  };
  try {
    input = createInput();
    return renderCluster(input);
  } catch (error) {
    throw error instanceof Fault
      ? faultToFailure(`Could not create Kubernetes cluster "${clusterId}".`, error, describe)
      : error;
  }
};
