import type { Command } from '#events/commands/index.ts';
import { Fault, type FieldError } from '#events/problems/problem.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { Demand, NamedTarget } from '#events/records/target.ts';
import { getTeam } from '#shared/clusters/commands/assertions.ts';
import { assertFitsTarget } from '#shared/clusters/model/admission/quota.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { findDeployErrors } from '#shared/clusters/model/policy/find-policy-errors.ts';
import { assertAllowed } from '#shared/clusters/model/policy/option-rules.ts';
import { withSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { isHighlyAvailable } from '#shared/flink/cluster-config.ts';
import { toText } from '#shared/flink/config.ts';
import { type ClusterInput, resolveFlinkVersion } from '#shared/flink/manifests/cluster-input.ts';
import { type ClusterManifests, renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import {
  findFixedOptionErrors,
  findReservedOptions,
  findReservedTemplateMetadata,
} from '#shared/flink/manifests/reserved-options.ts';
import { canonicalizeConfig } from '#shared/flink/option-names/canonical.ts';
import { savepointDirectoryOption } from '#shared/flink/option-names/directories.ts';
import { getFixedOptions } from '#shared/flink/option-names/reserved.ts';
import { assertNoFieldErrors, toFieldError } from '#shared/flink/options.ts';
import { nameSettings, withClusterSettings } from '#shared/flink/program/sql-settings.ts';
import { isAtLeast } from '#shared/flink/version.ts';

const imageOption = 'kubernetes.container.image.ref';
const namespaceOption = 'kubernetes.namespace';
const clusterIdOption = 'kubernetes.cluster-id';

export type DeployCommand = Command<'deploy'>;
type DeployData = DeployCommand['data'];
interface DeployIds extends Pick<StoredOperation, 'operationId' | 'clusterId'> {
  /** The job that an application recovers from the high-availability data of the last incarnation. */
  readonly suspendedJobId?: string | undefined;
}

/** How the program of an application is restored. A session has no program: its jobs are restored otherwise. */
export const findProgramRestore = ({ mode, job }: DeployData) => (mode === 'application' ? job?.restore : undefined);

/** The deploy with the savepoint that was resolved when it was recorded. */
export const withRestoredFrom = (data: DeployData, restoredFrom: string | undefined): DeployData =>
  data.job === undefined ? data : { ...data, job: withSavepoint(data.job, restoredFrom) };

/**
 * Renders the objects of a deploy for its target.
 *
 * @throws Fault with every mistake in the options of the deploy.
 */
export const renderManifests = (data: DeployData, ids: DeployIds, target: NamedTarget): ClusterManifests => {
  const input = toClusterInput(data, ids.clusterId, target);
  return renderAllowed({ ...input, drey: toDreyOptions(input, ids) }, data, target);
};

/** The objects of a deploy that no cluster will have. @throws Fault as {@link renderManifests} does. */
export const renderPlan = (data: DeployData, clusterId: string, target: NamedTarget): ClusterManifests =>
  renderAllowed(toClusterInput(data, clusterId, target), data, target);

/**
 * The whole configuration of a spec on its target, whatever the policy of the target allows.
 *
 * @returns Undefined when the spec has mistakes there, such as those of a spec from before the target changed.
 */
export const renderConfig = (
  spec: RevisionSpec,
  clusterId: string,
  target: NamedTarget,
): ClusterManifests['config'] | undefined => {
  try {
    return renderCluster(toClusterInput(spec, clusterId, target)).config;
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
};

/** @throws Fault `refused-option` for everything that the policy of the target does not allow. */
const renderAllowed = (input: ClusterInput, data: DeployData, target: NamedTarget): ClusterManifests => {
  const manifests = renderCluster(input);
  assertAllowed(findDeployErrors({ clusterId: input.clusterId, given: data, manifests }, target), target);
  assertSnapshotDirectory(data, manifests);
  return withLifetimeWarning(data, manifests);
};

/** The manifests with a warning about an end that needs savepoints without a directory. */
const withLifetimeWarning = ({ lifetime }: DeployData, manifests: ClusterManifests): ClusterManifests =>
  lifetime?.savepoint !== 'required' || lifetime.savepointDirectory !== undefined || hasSavepointDirectory(manifests)
    ? manifests
    : {
        ...manifests,
        warnings: [
          ...manifests.warnings,
          `The lifetime requires savepoints, and has no savepoint directory. The cluster will not end while it has jobs, because it has no ${savepointDirectoryOption} either.`,
        ],
      };

/** @throws Fault `malformed-request` for savepoints that Flink would refuse, because they have no directory. */
const assertSnapshotDirectory = ({ snapshots }: DeployData, manifests: ClusterManifests): void => {
  if (snapshots === undefined || snapshots.directory !== undefined || hasSavepointDirectory(manifests)) return;
  const pointer = '/snapshots/directory';
  const detail = `is required, because the cluster has no ${savepointDirectoryOption}.`;
  throw new Fault('malformed-request', `${pointer} ${detail}`, { errors: [{ pointer, detail }] });
};

/** Whether the cluster has a default directory of savepoints. */
export const hasSavepointDirectory = ({ config }: ClusterManifests): boolean =>
  toText(config[savepointDirectoryOption]?.value ?? '').trim() !== '';

/** The directory of the cluster's high-availability files. @see Flink 2.3 `HighAvailabilityServicesUtils` */
export const findHighAvailabilityDirectory = (
  { config }: Pick<ClusterManifests, 'config'>,
  clusterId: string,
): string | undefined => {
  const valueOf = (option: string) => toText(config[option]?.value ?? '').trim();
  const storage = valueOf('high-availability.storageDir').replace(/(?<!\/)\/+$/, '');
  return ['', 'NONE'].includes(valueOf('high-availability.type').toUpperCase()) ? undefined : `${storage}/${clusterId}`;
};

/** What the configuration says about the checkpoints of the jobs. A program can set the same options itself. */
export const findCheckpointing = ({
  config,
}: ClusterManifests): Pick<Cluster, 'checkpointDirectory' | 'retainsCheckpoints'> => {
  const valueOf = (option: string) => toText(config[`execution.checkpointing.${option}`]?.value ?? '').trim();
  const directory = valueOf('dir').replace(/(?<!\/)\/+$/, '');
  const hasSubdirectories = valueOf('create-subdir').toLowerCase() !== 'false';
  const isRetained = valueOf('externalized-checkpoint-retention').toUpperCase() === 'RETAIN_ON_CANCELLATION';
  return {
    ...(directory !== '' && hasSubdirectories ? { checkpointDirectory: directory } : {}),
    ...(isRetained ? { retainsCheckpoints: true } : {}),
  };
};

/** Whether the JobManager keeps a history of rescales. Flink 2.3 and later can. */
export const recordsRescales = ({ config, flinkVersion }: ClusterManifests): boolean =>
  isAtLeast(flinkVersion, '2.3') &&
  Number(toText(config['web.adaptive-scheduler.rescale-history.size']?.value ?? '0')) > 0;

/** @throws Fault for every mistake in the data of a deploy that its target makes visible. */
export const validateDeploy = (
  data: DeployData,
  ids: DeployIds,
  { target, now }: { readonly target: NamedTarget; readonly now: Date },
): void => {
  const demand = computeDemand(data, ids, target);
  assertFitsTarget({ demand, team: getTeam(data) }, target);
  newLifetime(data.lifetime, { mode: data.mode, target, now });
};

/** What the pods of a deploy request from the target. @throws Fault for a mistake in the options of the deploy. */
export const computeDemand = (data: DeployData, ids: DeployIds, target: NamedTarget): Demand =>
  renderManifests(data, ids, target).resources.demand;

/**
 * The input of the renderer for a deploy.
 *
 * @throws Fault `unsupported-mode` for per-job mode, `malformed-request` for `restore` of an application,
 *   `refused-option` for options that the target does not allow.
 */
const toClusterInput = (data: RevisionSpec, clusterId: string, target: NamedTarget): ClusterInput => {
  const { mode, image, config, job, restore, flinkVersion, podTemplates, files, hadoop, kerberos } = data;
  if (mode === 'per-job') throw newPerJobFault('/mode');
  if (/-per-job\s*$/i.test(config['execution.target'] ?? '')) throw newPerJobFault('/config/execution.target');
  if (mode === 'application' && restore !== undefined) throw newMisplacedRestoreFault();
  const ownConfig = { ...config, ...(image === undefined ? {} : { [imageOption]: image }) };
  const clusterConfig = withClusterSettings(ownConfig, job);
  assertAllowed(nameSettings(findRefusedOptions(clusterConfig, clusterId, target), job), target);
  const { namespace, defaults, policy } = target;
  const given = { job, flinkVersion, podTemplates, files, hadoop, kerberos };
  const input = { ...given, mode, clusterId, namespace, defaults, locked: policy.locked, config: clusterConfig };
  assertNoFieldErrors(nameSettings(findOwnOptions(input), job));
  return input;
};

/** The options of the caller that Drey or Flink sets itself. */
const findOwnOptions = (input: ClusterInput): readonly FieldError[] => [
  ...findReservedOptions(input.config),
  ...(input.mode === 'application' ? findFixedOptionErrors(input.config, describeApplication(input)) : []),
  ...findReservedTemplateMetadata(input.podTemplates),
];

const describeApplication = (input: ClusterInput) => {
  const version = resolveFlinkVersion(input);
  const layers = [input.defaults ?? {}, input.config, input.locked ?? {}].map((layer) =>
    canonicalizeConfig(layer, version),
  );
  return { version, isHighlyAvailable: isHighlyAvailable(Object.assign({}, ...layers)) };
};

/**
 * The options that let Drey read how an application ended. The cluster stays until the verdict is recorded.
 *
 * Flink 2.3 reports the application, and allows it several jobs. With high availability its first job has the id of the
 * application. Before 2.3, the job has the id. A recovered job keeps its id: with another one, the program would run twice,
 * because main() starts a job beside the recovered one. With high availability,
 * a main() that throws becomes a failed job. Without it, Flink refuses to start with that option.
 *
 * @see Flink 2.3 `ApplicationJobUtils`, `JobNameBasedJobIdManager`
 */
const toDreyOptions = (
  input: ClusterInput,
  { operationId, suspendedJobId }: DeployIds,
): Readonly<Record<string, string>> => {
  if (input.mode !== 'application') return {};
  const application = describeApplication(input);
  const id = application.isHighlyAvailable ? (suspendedJobId ?? operationId) : operationId;
  const idOption = isAtLeast(application.version, '2.3') ? '$internal.application.id' : '$internal.pipeline.job-id';
  return { ...getFixedOptions(application), [idOption]: id };
};

const newPerJobFault = (pointer: string) =>
  new Fault('unsupported-mode', 'Per-Job Mode not supported by Active Kubernetes deployments.', {
    errors: [{ pointer, detail: 'Use session or application.' }],
  });

const newMisplacedRestoreFault = () => {
  const detail = 'The field restore applies only to a session. For an application, set job.restore.';
  return new Fault('malformed-request', `/restore: ${detail}`, { errors: [{ pointer: '/restore', detail }] });
};

type Config = Readonly<Record<string, string>>;

const findRefusedOptions = (config: Config, clusterId: string, target: NamedTarget): readonly FieldError[] => [
  ...findWrongNamespace(config, target),
  ...findWrongClusterId(config, clusterId),
];

const findWrongNamespace = (config: Config, { name, namespace }: NamedTarget): readonly FieldError[] => {
  const configured = config[namespaceOption];
  if (configured === undefined || configured === namespace) return [];
  const detail = `Target ${name} deploys to namespace ${namespace}. Remove the option ${namespaceOption}.`;
  return [toFieldError(namespaceOption, detail)];
};

const findWrongClusterId = (config: Config, clusterId: string): readonly FieldError[] => {
  const configured = config[clusterIdOption];
  if (configured === undefined || configured === clusterId) return [];
  const detail = `The option ${clusterIdOption} differs from the cluster id of the command, ${clusterId}.`;
  return [toFieldError(clusterIdOption, detail)];
};

/** A cluster id as Flink generates one: 45 characters, the maximum length. */
export const generateClusterId = (operationId: string) => `flink-cluster-${operationId.slice(0, 31)}`;
