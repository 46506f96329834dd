import type { Changes, PlannedChange } from '#events/http/plans.ts';
import { isRecord } from '#events/is-record.ts';
import { toPointer } from '#events/problems/problem.ts';
import { hasIncarnation, isTerminalCluster } from '#events/records/cluster-states.ts';
import type { Cluster } from '#events/records/cluster.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { renderConfig } from '#shared/clusters/commands/deploy/render.ts';
import {
  type Change,
  classifyChanges,
  type ComparedSpec,
  findStateSource,
  listChanges,
  withoutState,
} from '#shared/clusters/model/changes.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { computeDigest } from '#shared/clusters/model/revision.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';
import type { Value } from '#shared/flink/config.ts';

import { planLastState } from './last-state.ts';
import { maskOption, maskSpec } from './mask-spec.ts';

interface Place {
  /** Undefined: the ID never had one. */
  readonly cluster: Cluster | undefined;
  readonly target: NamedTarget;
}

/**
 * What an apply of a spec would change, without secrets. Undefined when no live cluster has the ID, or when the spec of its
 * revision is not stored.
 */
export const planChanges = async (
  spec: RevisionSpec,
  { cluster, target }: Place,
  ports: Pick<Ports, 'store' | 'revisionSpecs' | 'kubernetes' | 'now'>,
): Promise<Changes | undefined> => {
  if (cluster?.revision === undefined || isTerminalCluster(cluster)) return undefined;
  const current = (await ports.store.revision(cluster, cluster.revision))?.value;
  const currentSpec = current && (await readRevisionSpec(current.operationId, ports));
  if (current === undefined || currentSpec === undefined) return undefined;
  const [before, after] = compare(currentSpec, spec, { clusterId: cluster.clusterId, target });
  const changes = listChanges(before, after);
  // Without an incarnation, any apply starts one.
  const changeClass = hasIncarnation(cluster) ? classifyChanges(changes, before, after) : 'restart';
  const isSettled = cluster.state === 'RUNNING' && cluster.rollout === undefined;
  const unchanged = isSettled && current.digest === computeDigest(spec);
  return {
    revision: current.number,
    unchanged,
    class: changeClass,
    changes: changes.map((change) => maskChange(change, [maskSpec(currentSpec), maskSpec(spec)])),
    state: {
      ...findStateSource(cluster, { unchanged, now: ports.now() }),
      ...omitUndefined({ lastState: unchanged ? undefined : await planLastState(cluster, target, ports) }),
    },
  };
};

/** Both specs with their whole configurations; with their own options, when the target no longer accepts the old one. */
const compare = (
  currentSpec: RevisionSpec,
  spec: RevisionSpec,
  { clusterId, target }: { readonly clusterId: string; readonly target: NamedTarget },
): readonly [ComparedSpec, ComparedSpec] => {
  const [old, planned] = [currentSpec, spec].map((one) => renderConfig(withoutState(one), clusterId, target));
  return old === undefined || planned === undefined
    ? [
        { spec: currentSpec, config: toOwnConfig(currentSpec) },
        { spec, config: toOwnConfig(spec) },
      ]
    : [
        { spec: currentSpec, config: old },
        { spec, config: planned },
      ];
};

const toOwnConfig = (spec: RevisionSpec): ComparedSpec['config'] =>
  Object.fromEntries(
    Object.entries(withoutState(spec).config).map(([key, value]) => [key, { value, from: 'command' as const }]),
  );

type MaskedSpec = ReturnType<typeof maskSpec>;

const maskChange = (
  { path, from, ...values }: Change,
  [before, after]: readonly [MaskedSpec, MaskedSpec],
): PlannedChange => {
  const [member, key = ''] = path;
  const hide = (value: unknown, masked: MaskedSpec) =>
    // Options of a configuration have values of this type.
    member === 'config' ? maskValues(key, value as Value | undefined) : readMember(masked, path);
  return {
    pointer: toPointer(path),
    ...omitUndefined({ old: hide(values.old, before), new: hide(values.new, after) }),
    from,
  };
};

const maskValues = (key: string, value: Value | undefined): Value | undefined => {
  if (typeof value === 'object') return value.map((text) => maskOption(key, text));
  return typeof value === 'string' ? maskOption(key, value) : value;
};

/** The member at a path. Masks keep the form of a value, so that the path leads to the same member. */
const readMember = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inside, name) => {
    if (Array.isArray(inside)) return inside[Number(name)];
    return isRecord(inside) ? inside[name] : undefined;
  }, value);
