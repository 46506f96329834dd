import type { Command } from '#events/commands/index.ts';
import { Fault, type FieldError } from '#events/problem.ts';
import type { Demand, NamedTarget } from '#events/target.ts';
import { teamOf } from '#shared/clusters/commands/assertions.ts';
import { newLifetime } from '#shared/clusters/model/lifetime.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import { assertFitsTarget } from '#shared/clusters/model/quota.ts';
import { withSavepoint } from '#shared/clusters/restore/savepoint.ts';
import { isHighlyAvailable } from '#shared/flink/cluster-config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { type ClusterManifests, renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { canonicalizeConfig } from '#shared/flink/options.ts';

const imageOption = 'kubernetes.container.image.ref';

const namespaceOption = 'kubernetes.namespace';

export type Deploy = Command<'deploy'>;

/** A session has no program of its own, and is refused for one. */
export const restoreOf = ({ mode, job }: Deploy['data']) => (mode === 'application' ? job?.restore : undefined);

/** The program as it starts from the savepoint that was found for it when it was recorded. */
export const withJob = (data: Deploy['data'], restoredFrom: string | undefined): Deploy['data'] =>
  data.job === undefined ? data : { ...data, job: withSavepoint(data.job, restoredFrom) };

/** The objects that the command stands for, here. Every mistake in it is found now. */
export const rendered = (
  data: Deploy['data'],
  { operationId, clusterId }: Pick<StoredOperation, 'operationId' | 'clusterId'>,
  target: NamedTarget,
): ClusterManifests =>
  renderCluster({ ...inputOf(data, clusterId, target), drey: ownSettings(data, target, operationId) });

/** @throws Fault with every mistake in the data of a deploy */
export const validateDeploy = (
  data: Deploy['data'],
  ids: Parameters<typeof rendered>[1],
  target: NamedTarget,
  now: Date,
): void => {
  const { demand } = rendered(data, ids, target).resources;
  assertFitsTarget({ demand, team: teamOf(data) }, target);
  newLifetime(data.lifetime, { mode: data.mode, target, now });
};

/** What the pods of a deploy will ask for. @throws Fault */
export const demandOfDeploy = (...args: Parameters<typeof rendered>): Demand => rendered(...args).resources.demand;

/**
 * What a deploy asks the renderer for.
 *
 * @throws Fault `unsupported-mode` or `refused-option` for what the target does not allow.
 */
export const inputOf = (data: Deploy['data'], clusterId: string, target: NamedTarget): ClusterInput => {
  const { mode, image, config, job, restore, flinkVersion, podTemplates, files, hadoop, kerberos } = data;
  if (mode === 'per-job') throw refusedMode();
  if (mode === 'application' && restore !== undefined) throw misplacedRestore();
  const own = canonicalizeConfig({ ...config, ...(image === undefined ? {} : { [imageOption]: image }) });
  const refused = refusals(own, clusterId, target);
  if (refused.length > 0)
    throw new Fault('refused-option', refused.map(({ detail }) => detail).join('; '), { errors: refused });
  const { namespace, defaults } = target;
  const given = { job, flinkVersion, podTemplates, files, hadoop, kerberos };
  return { ...given, mode, clusterId, namespace, defaults, config: own };
};

/**
 * What keeps an application's verdict readable: its cluster stays until the verdict is recorded, its job has the
 * operation's id, and with high availability a main() that throws becomes a job too (without, Flink would not start).
 */
const ownSettings = ({ mode, config }: Deploy['data'], { defaults }: NamedTarget, operationId: string) => {
  if (mode !== 'application') return {};
  const asked = { ...canonicalizeConfig(defaults), ...canonicalizeConfig(config) };
  return {
    '$internal.pipeline.job-id': operationId,
    'execution.shutdown-on-application-finish': 'false',
    ...(isHighlyAvailable(asked) ? { 'execution.submit-failed-job-on-application-error': 'true' } : {}),
  };
};

const refusedMode = () =>
  new Fault('unsupported-mode', 'Per-Job Mode not supported by Active Kubernetes deployments.', {
    errors: [{ pointer: '/mode', detail: 'session and application are what there is' }],
  });

const misplacedRestore = () => {
  const detail = 'is of a session; an application has it as a member of its job';
  return new Fault('malformed-request', `/restore: ${detail}`, { errors: [{ pointer: '/restore', detail }] });
};

const refusals = (
  config: Readonly<Record<string, string>>,
  clusterId: string,
  target: NamedTarget,
): readonly FieldError[] => [
  ...(config[namespaceOption] === undefined || config[namespaceOption] === target.namespace
    ? []
    : [
        {
          pointer: `/config/${namespaceOption}`,
          detail: `target ${target.name} deploys to namespace ${target.namespace}; leave ${namespaceOption} out`,
        },
      ]),
  ...(config['kubernetes.cluster-id'] === undefined || config['kubernetes.cluster-id'] === clusterId
    ? []
    : [
        {
          pointer: '/config/kubernetes.cluster-id',
          detail: `kubernetes.cluster-id is not the id of the command, ${clusterId}`,
        },
      ]),
  ...Object.keys(config)
    .filter((key) => target.locked.some((lock) => isLocked(key, lock)))
    .map((key) => ({ pointer: `/config/${key}`, detail: `target ${target.name} does not let ${key} be set` })),
];

/** A lock holds under the option's every name, and for what a map has below it (`kubernetes.secrets.NAME`). */
const isLocked = (key: string, lock: string) => {
  const [name = lock] = Object.keys(canonicalizeConfig({ [lock.replace(/\.\*$/, '')]: '' }));
  return key.startsWith(`${name}.`) || (key === name && !lock.endsWith('.*'));
};

/** As long as Flink makes them: 45 characters. */
export const generatedId = (operationId: string) => `flink-cluster-${operationId.slice(0, 31)}`;
