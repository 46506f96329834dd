import { modes } from '#cli/api/mode.ts';
import { readList } from '#cli/api/pages.ts';
import type { Targets } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { readClusters } from '#cli/flows/clusters.ts';
import { readClustersWithJobs, readJobs } from '#cli/flows/jobs.ts';
import { formats } from '#cli/options/common.ts';
import { dreyOptionRows, haPolicies, listValues, savepointPolicies } from '#cli/options/drey-options.ts';
import { claimModes } from '#cli/options/program.ts';
import { rolloutFailureActions, rolloutFallbacks, rolloutStates } from '#cli/options/rollout.ts';
import { savepointFormats } from '#cli/options/savepoint.ts';
import { clusterStates } from '#events/records/cluster-states.ts';
import type { Option } from '#shared/flink/option-table.ts';

import type { OperandKind } from './command.ts';

const executionTargets = Object.keys(modes);
const claimModeValues = claimModes.map((mode) => mode.toLowerCase());

/** Option → its only values. */
const fixedValues: Readonly<Record<string, readonly string[]>> = {
  '--output': formats,
  '-t': executionTargets,
  '--target': executionTargets,
  '-e': executionTargets,
  '--executor': executionTargets,
  '--mode': Object.values(modes),
  '--claimMode': claimModeValues,
  '--restoreMode': claimModeValues,
  '--type': savepointFormats.map((format) => format.toLowerCase()),
  '--savepoint': savepointPolicies,
  '--ha': haPolicies,
  '--fallback': rolloutFallbacks,
  '--on-failure': rolloutFailureActions,
};

interface OptionWord {
  /** The action that has the option. */
  readonly action: string;
  readonly option: string;
  /** What the user has typed of the value. */
  readonly prefix: string;
}

/** The values of an option of a command. */
export const completeValue = async (
  { action, option, prefix }: OptionWord,
  context: () => Context,
): Promise<readonly string[]> => {
  switch (option) {
    case '-D':
      return completeProperty(prefix, context);
    case '--at':
      return (await readList<Targets>(context().api, '/v1/targets', { items: 'targets' })).targets.map(
        ({ name }) => name,
      );
    case '--session':
      return listSessions(context());
    case '--state':
      return action === 'clusters' ? clusterStates : rolloutStates;
    default:
      return fixedValues[option] ?? [];
  }
};

/** Keys with `=`, or the values of the key that the prefix has. */
const completeProperty = async (prefix: string, context: () => Context): Promise<readonly string[]> => {
  const [key = '', ...value] = prefix.split('=');
  if (value.length === 0) return listProperties();
  const values = key === 'kubernetes.cluster-id' ? await listNames('cluster', context()) : await listFlinkValues(key);
  return [...values.map((one) => `${key}=${one}`), ...listDreyProperties()];
};

/** The values of an option of Flink that has a fixed set of them. */
const listFlinkValues = async (key: string): Promise<readonly string[]> => {
  if (key === 'execution.target') return executionTargets;
  const { options } = await import('#shared/flink/option-table.ts');
  const only = new Map<string, Option>(Object.entries(options)).get(key)?.only;
  if (only !== undefined) return only.values;
  const { booleans, enums } = (await import('#cli/options/flink-values.json', { with: { type: 'json' } })).default;
  return booleans.includes(key)
    ? ['true', 'false']
    : (new Map<string, readonly string[]>(Object.entries(enums)).get(key) ?? []);
};

/** The options of Drey with their values, and the options of Flink that Drey knows. */
const listProperties = async (): Promise<readonly string[]> => {
  const { options } = await import('#shared/flink/option-table.ts');
  return [...listDreyProperties(), ...Object.keys(options).flatMap((key) => (key.includes('<') ? [] : [`${key}=`]))];
};

const listDreyProperties = (): readonly string[] =>
  dreyOptionRows.flatMap(([name, { type }]) => [`${name}=`, ...listValues(type).map((value) => `${name}=${value}`)]);

const listSessions = async (context: Context): Promise<readonly string[]> =>
  (await readClusters(await context.target(), context, { state: 'RUNNING' })).clusters.flatMap(
    ({ clusterId, mode, state }) => (mode === 'session' && state === 'RUNNING' ? [clusterId] : []),
  );

/** The names that an operand may have. */
export const listNames = async (kind: OperandKind, context: Context): Promise<readonly string[]> => {
  const target = await context.target();
  if (kind === 'cluster')
    return context.clusterId === undefined
      ? (await readClusters(target, context)).clusters.map((one) => one.clusterId)
      : [];
  const clusters =
    context.clusterId === undefined
      ? (await readClustersWithJobs(target, context)).clusters
      : [await readJobs({ target, clusterId: context.clusterId }, context)];
  const { isTerminalJob } = await import('#events/records/job.ts');
  return clusters.flatMap(({ jobs }) => jobs.filter((job) => !isTerminalJob(job)).map(({ jobId }) => jobId));
};
