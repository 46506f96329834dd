import { Failure } from '#cli/api/failure.ts';
import type { Applied } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { clusterPath, readCluster } from '#cli/flows/clusters.ts';
import { followOperation, postCommand, printSubmitted } from '#cli/flows/operations.ts';
import { describeRollout } from '#cli/flows/rollouts.ts';
import { type DeployDocument, type Documents, readDeployDocuments } from '#cli/input/deploy-documents.ts';
import { mergeFields } from '#cli/input/deploy-options.ts';
import { namingFileFields } from '#cli/input/file-fields.ts';
import {
  applyOptions,
  type ApplyOptions,
  ifRevisionOption,
  type IfRevisionOption,
  toIfRevision,
  toRollout,
  toRolloutFields,
} from '#cli/options/rollout.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { waitOptions, type WaitOptions } from '#cli/options/wait.ts';

import type { Context } from '../context.ts';

interface Options extends ApplyOptions, IfRevisionOption, WaitOptions {
  readonly file?: string;
  readonly plan?: string;
}

export const apply = defineCommand<Options>({
  options: {
    '-f, --file <file>': 'YAML or JSON file, or folder of files; - reads stdin',
    ...applyOptions,
    ...ifRevisionOption,
    '--plan <digest>': 'refuse to do anything else than this plan of `drey diff`',
    ...waitOptions,
  },
  examples: {
    'drey apply -f etl.yaml': 'deploy a cluster, or change the one that runs and keep its state',
    'drey apply -f clusters --no-wait': 'apply each file of a folder, and return at once',
    'drey apply -f etl.yaml --state none': 'drop the state if anything changes',
    'kubectl get flinkdeployment etl -o yaml | drey apply -f -': 'apply a resource of the Flink Kubernetes Operator',
    'drey apply -f job.yaml': 'run the job of a FlinkSessionJob on its session',
  },
  run: async (context, _operands, { file, plan, restart, wait = true, ...options }) => {
    const { deploys, resources } = await readDeployDocuments(file, context);
    const count = deploys.length + resources.length;
    const one = { ...toIfRevision(options), ...(plan === undefined ? {} : { planDigest: plan }) };
    if (Object.keys(one).length > 0) assertOneDeploy({ deploys, resources });
    if (restart === true && deploys.length === 0)
      throw new UsageError('--restart restarts clusters, and there are no deploys.');
    const target = await context.target();
    const rolloutFields = toRolloutFields(options);
    const given = { ...one, ...toRollout(restart === undefined ? options : { ...options, restart }) };
    const results: Settled<Sent>[] = [];
    for (const document of deploys)
      results.push(await settle(`cluster ${document.clusterId}`, () => send(document, given, { target, context })));
    const ends: Settled[] = [];
    const printJson = count === 1 ? context.printJson : context.printItem;
    for (const result of results)
      ends.push(await settle(result.name, () => finish(result, { wait, printJson }, context)));
    if (resources.length > 0) {
      const { applyResource } = await import('#cli/flows/operator/apply-resource.ts');
      // Each one may need what the earlier ones have started.
      for (const { resource, result } of resources)
        ends.push(
          await settle(resource, () =>
            applyResource(result, { target, wait, printJson, rollout: rolloutFields }, context),
          ),
        );
    }
    throwFailures(ends);
  },
});

/** @throws UsageError unless a revision or a plan can belong to each document. */
const assertOneDeploy = ({ deploys, resources: [other] }: Documents): void => {
  const reason =
    other !== undefined
      ? `${other.resource} has neither`
      : deploys.length > 1
        ? 'there are several deploys'
        : undefined;
  if (reason !== undefined) throw new UsageError(`--if-revision and --plan belong to one deploy, and ${reason}.`);
};

interface Sent {
  readonly clusterId: string;
  readonly applied: Applied;
}

/** With the name of the document. */
type Settled<T = void> = { readonly name: string } & ({ readonly value: T } | { readonly error: unknown });

/** The result of a step for one document, whose failure does not keep the others from theirs. */
const settle = async <T>(name: string, step: () => Promise<T>): Promise<Settled<T>> => {
  try {
    return { name, value: await step() };
  } catch (error) {
    return { name, error };
  }
};

interface Destination {
  readonly target: string;
  readonly context: Context;
}

const send = async (
  { clusterId, body }: DeployDocument,
  given: Readonly<Record<string, unknown>>,
  { target, context }: Destination,
): Promise<Sent> => {
  const { clusterId: _clusterId, ...rest } = mergeFields(body, given);
  const request = { method: 'PUT', path: clusterPath({ target, clusterId }), body: rest } as const;
  const applied = await namingFileFields(given, request.path, () => postCommand<Applied>(request, context));
  return { clusterId, applied };
};

interface FinishOptions {
  readonly wait: boolean;
  readonly printJson: Context['printJson'];
}

/** Waits for the rollout of one document, if asked, and prints its result. */
const finish = async (sent: Settled<Sent>, { wait, printJson }: FinishOptions, context: Context): Promise<void> => {
  if ('error' in sent) throw sent.error;
  const { clusterId, applied } = sent.value;
  const { operation, revision } = applied;
  if (operation === undefined) {
    if (context.json) printJson(applied);
    else context.print(`Cluster ${clusterId} is unchanged (revision ${revision}).`);
  } else if (wait) {
    const ended = await followOperation(operation, `Applying cluster ${clusterId}`, context);
    if (context.json) printJson({ operation: ended, cluster: await readCluster(ended, context) });
    else context.print(describeRollout(ended));
  } else if (context.json) printJson(applied);
  else printSubmitted(operation, `Applying cluster ${clusterId}.`, context);
};

/** @throws The failure of a single document or an interrupt, or one failure that has those of several documents. */
const throwFailures = (ends: readonly Settled[]): void => {
  const failed = ends.flatMap((end) => ('error' in end ? [end] : []));
  const errors = failed.map(({ error }) => error);
  if (errors.length === 0) return;
  const other = ends.length === 1 ? errors[0] : errors.find((error) => !(error instanceof Failure));
  if (other !== undefined) throw other;
  throw new Failure(`${errors.length} of ${ends.length} documents failed.`, {
    lines: failed.flatMap(({ error, name }) =>
      error instanceof Failure ? [`${name}: ${error.message}`, ...error.lines.map((line) => `  ${line}`)] : [],
    ),
    errors: errors.flatMap((error) => (error instanceof Failure ? error.errors : [])),
  });
};
