import type { Command } from '#events/commands/index.ts';
import { defaultRolloutOptions, type RolloutOptions } from '#events/commands/rollouts.ts';
import { Fault } from '#events/problems/problem.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import type { RolloutKind } from '#events/records/rollout.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { StoredOperation } from '#shared/clusters/model/operation.ts';
import type { RolloutRequest } from '#shared/clusters/model/records/request.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readRevisionSpec } from '#shared/clusters/store/revisions.ts';

import { toAppliedSpec } from './applied-spec.ts';
import { assertStableWithin } from './deadlines.ts';

export type RolloutCommand<K extends RolloutKind = RolloutKind> = { [P in K]: Command<P> }[K];

/** What a rollout command asks for, whatever the state of its cluster is. */
export interface RolloutIntent
  extends Pick<RolloutRequest['data'], 'priority' | 'deadline'>, NonNullable<RolloutRequest['data']['waiting']> {
  readonly kind: RolloutKind;
  readonly target: string;
  readonly clusterId: string;
  readonly options: RolloutOptions;
  /** The spec of an apply. */
  readonly spec?: RevisionSpec;
}

/**
 * What a command asks for.
 *
 * @throws Fault `malformed-request` for another cluster ID in the spec than that of the command, for a time that is too long,
 *   and for a fallback that has no meaning.
 */
export const toIntent = (command: RolloutCommand): RolloutIntent => {
  const { kind, target, clusterId = '', data } = command;
  const options = toOptions(command);
  const at = kind === 'apply' ? '/rollout' : '';
  assertOptions(options, at);
  const common = { kind, target, clusterId, options, ...omitUndefined({ ifRevision: data.ifRevision }) };
  if (command.kind === 'rollback') {
    const { to, allowFailed } = command.data;
    return { ...common, ...omitUndefined({ to }), ...(allowFailed ? { allowFailed } : {}) };
  }
  if (command.kind !== 'apply') return common;
  const { priority, deadline, planDigest, rollout } = command.data;
  return {
    ...common,
    spec: toAppliedSpec(command),
    priority,
    ...(rollout.restart ? { restart: true } : {}),
    ...omitUndefined({ deadline, planDigest }),
  };
};

/** @throws Fault `malformed-request` */
export const assertOptions = (options: RolloutOptions, at: '' | '/rollout'): void => {
  assertStableWithin(options, `${at}/stableWithin`);
  assertFallback(options, `${at}/fallback`);
};

const assertFallback = ({ state, fallback }: RolloutOptions, pointer: string): void => {
  if (state !== 'none' || fallback !== 'last-state') return;
  const detail = 'With state none the state is dropped, and there is no fallback. Remove it, or set another state.';
  throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
};

const toOptions = (command: RolloutCommand): RolloutOptions => {
  if (command.kind === 'apply') {
    const { restart: _restart, ...options } = command.data.rollout;
    return options;
  }
  // The schema of each command takes these members from that of the options.
  const given: Partial<RolloutOptions> = Object.fromEntries(
    Object.entries(command.data).filter(([name]) => name in defaultRolloutOptions || optional.has(name)),
  );
  return { ...defaultRolloutOptions, ...given };
};

const optional: ReadonlySet<string> = new Set(['fallback', 'savepointDirectory'] satisfies (keyof RolloutOptions)[]);

/** The request of a rollout that waits, and is planned later. */
export const toWaitingRequest = ({ kind, options, priority, deadline, ...rest }: RolloutIntent): RolloutRequest => {
  const { restart, planDigest, ifRevision, to, allowFailed } = rest;
  const waiting = omitUndefined({ restart, planDigest, ifRevision, to, allowFailed });
  return { kind, data: { options, waiting, ...omitUndefined({ priority, deadline }) } };
};

/** What a rollout that waited asks for. @throws Fault `not-found` when the spec of an apply is no longer stored. */
export const readIntent = async (
  { operationId, target, clusterId }: StoredOperation,
  { kind, data: { options, waiting, priority, deadline } }: RolloutRequest,
  ports: Pick<Ports, 'revisionSpecs'>,
): Promise<RolloutIntent> => {
  const spec = kind === 'apply' ? await readRevisionSpec(operationId, ports) : undefined;
  if (kind === 'apply' && spec === undefined)
    throw new Fault('not-found', 'The spec of the rollout is no longer stored.');
  return { kind, target, clusterId, options, ...waiting, ...omitUndefined({ spec, priority, deadline }) };
};
