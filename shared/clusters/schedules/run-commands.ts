import pMap from 'p-map';

import type { CommandData } from '#events/commands/index.ts';
import { toOwnKey } from '#events/idempotency-key.ts';
import { type Principal, toSchedulePrincipal } from '#events/principal.ts';
import { Fault, toProblem } from '#events/problems/problem.ts';
import type { RunResult, Schedule, ScheduleRun } from '#events/records/schedules.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { deploy } from '#shared/clusters/commands/deploy/deploy.ts';
import { rescale } from '#shared/clusters/commands/rescale.ts';
import { apply, resume, suspend } from '#shared/clusters/commands/rollouts/rollouts.ts';
import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import { stop } from '#shared/clusters/commands/stop.ts';
import type { AcceptedOperation } from '#shared/clusters/commands/use-case.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

import { saveRun, shortenDetails } from './runs.ts';
import { getClusterId, readSpec } from './specs.ts';

const maxCommandsAtOnce = 8;
const origin = 'schedule';

type Definition<A extends Schedule['definition']['action']> = Extract<Schedule['definition'], { readonly action: A }>;

/** The result of one command. `error`: why the command may succeed when the timer event is delivered again. */
interface Attempt {
  readonly result: RunResult;
  readonly error?: unknown;
}

/**
 * Gives the commands of a run, and saves their results. The run ends, unless commands failed that may succeed later and
 * the timer event is delivered again.
 *
 * @throws The first error of a command when the run does not end: an unexpected error before a Fault.
 */
export const runCommands = async (
  schedule: Schedule,
  run: ScheduleRun,
  { isLast, ports: timerPorts }: { readonly isLast: boolean; readonly ports: Ports },
): Promise<void> => {
  const { definition } = schedule;
  const principal = toSchedulePrincipal(schedule);
  const ports = timerPorts.withPrincipal(principal);
  const context = { run, principal, ports };
  const attempts =
    'spec' in definition
      ? [await startSpec(definition, context)]
      : await pMap(run.results, (selected) => changeCluster(selected, definition, context), {
          concurrency: maxCommandsAtOnce,
        });
  const errors = attempts.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const unexpected = errors.filter((error) => !(error instanceof Fault));
  const isComplete = errors.length === 0 || (isLast && unexpected.length === 0);
  const results = shortenDetails(attempts.map(({ result }) => result));
  await saveRun({ ...run, results, ...(isComplete ? { endedAt: ports.now().toISOString() } : {}) }, ports);
  const { target, name, runId } = run;
  const refused = results.filter(({ code }) => code !== undefined).length;
  ports.log.info('schedule ran', { target, name, runId, clusters: results.length, refused });
  if (!isComplete) throw unexpected[0] ?? errors[0];
};

interface RunContext {
  readonly run: ScheduleRun;
  readonly principal: Principal;
  readonly ports: Ports;
}

const changeCluster = (
  selected: RunResult,
  definition: Definition<'stop' | 'suspend' | 'resume' | 'rescale'>,
  context: RunContext,
): Promise<Attempt> => {
  switch (definition.action) {
    case 'stop':
      return stopCluster(selected, definition, context);
    case 'suspend':
      return suspendCluster(selected, definition, context);
    case 'resume':
      return resumeCluster(selected, definition, context);
    default:
      return rescaleJob(selected, definition, context);
  }
};

const suspendCluster = (
  { clusterId = '', ...selected }: RunResult,
  { state, fallback, savepointDirectory }: Definition<'suspend'>,
  { run, principal, ports }: RunContext,
): Promise<Attempt> => {
  const { target } = run;
  const data = { state, ...omitUndefined({ fallback, savepointDirectory }) };
  const key = toKey(run, clusterId);
  return attempt({ ...selected, clusterId }, () =>
    accept(suspend, { kind: 'suspend', target, clusterId, data, key, origin, principal }, ports),
  );
};

const resumeCluster = (
  { clusterId = '', ...selected }: RunResult,
  { stableWithin, maxRestarts, allowNonRestoredState, onFailure }: Definition<'resume'>,
  { run, principal, ports }: RunContext,
): Promise<Attempt> => {
  const { target } = run;
  const data = { stableWithin, maxRestarts, allowNonRestoredState, onFailure };
  const key = toKey(run, clusterId);
  return attempt({ ...selected, clusterId }, () =>
    accept(resume, { kind: 'resume', target, clusterId, data, key, origin, principal }, ports),
  );
};

/** Stops a selected cluster, unless its id has another incarnation by now. */
const stopCluster = (
  { clusterId = '', clusterOperationId }: RunResult,
  { savepoint, savepointDirectory, ha }: Definition<'stop'>,
  { run, principal, ports }: RunContext,
): Promise<Attempt> => {
  const { target } = run;
  const directory = savepointDirectory === undefined ? {} : { savepointDirectory };
  const data = { savepoint, ...directory, ha, reason: `Schedule ${run.name}` };
  const expected = clusterOperationId === undefined ? undefined : { operationId: clusterOperationId };
  const key = toKey(run, clusterId);
  return attempt({ clusterId, ...(clusterOperationId === undefined ? {} : { clusterOperationId }) }, () =>
    accept(stop, { kind: 'stop', target, clusterId, data, key, origin, principal, expected }, ports),
  );
};

/** Rescales a selected job, unless its cluster has another incarnation by now. */
const rescaleJob = (
  { clusterId = '', clusterOperationId = '', jobId = '' }: RunResult,
  { parallelism, within }: Definition<'rescale'>,
  { run, principal, ports }: RunContext,
): Promise<Attempt> => {
  const { target } = run;
  const expected = { operationId: clusterOperationId };
  const key = toKey(run, clusterId, jobId);
  return attempt({ clusterId, clusterOperationId, jobId }, () =>
    accept(
      rescale,
      { kind: 'rescale', target, clusterId, data: { jobId, parallelism, within }, key, origin, principal, expected },
      ports,
    ),
  );
};

const startSpec = async (
  definition: Definition<'deploy' | 'apply'>,
  { run, principal, ports }: RunContext,
): Promise<Attempt> => {
  const { target } = run;
  try {
    const { deploy: data } = await readSpec({ target, name: definition.spec }, ports);
    const clusterId = definition.action === 'apply' ? getClusterId(data, definition.spec) : data.clusterId;
    const given = { target, clusterId, key: toKey(run, clusterId), origin, principal } as const;
    return await attempt(clusterId === undefined ? {} : { clusterId }, () =>
      definition.action === 'apply'
        ? accept(apply, { kind: 'apply', data: toApplied(data, definition), ...given }, ports)
        : accept(deploy, { kind: 'deploy', data, ...given }, ports),
    );
  } catch (error) {
    return toFailedAttempt({}, error);
  }
};

/** The apply of a stored spec, which does not depend on other operations. */
const toApplied = (
  { dependsOn: _dependsOn, ...spec }: CommandData<'deploy'>,
  {
    action: _action,
    spec: _spec,
    expression: _expression,
    timezone: _timezone,
    enabled: _enabled,
    ...options
  }: Definition<'apply'>,
): CommandData<'apply'> => ({ ...spec, rollout: { ...options, restart: false } });

const toKey = ({ name, runId }: ScheduleRun, ...ids: readonly (string | undefined)[]): string =>
  toOwnKey('schedule', name, runId, ...ids.filter((id) => id !== undefined));

/** Gives a command. An error becomes part of the result, so that the other commands of the run are given too. */
const attempt = async (known: RunResult, give: () => Promise<AcceptedOperation>): Promise<Attempt> => {
  try {
    const { clusterId, operationId } = (await give()).operation;
    return { result: { ...known, clusterId, operationId } };
  } catch (error) {
    if (error instanceof UnchangedCluster) return { result: { ...known, unchanged: true } };
    return toFailedAttempt(known, error);
  }
};

const toFailedAttempt = (known: RunResult, error: unknown): Attempt => {
  if (!(error instanceof Fault)) return { result: known, error };
  const result = { ...known, code: error.code, detail: error.message };
  return toProblem(error).retryable ? { result, error } : { result };
};
