import { ExitCode, Failure } from '#cli/api/failure.ts';
import { describePointer } from '#cli/api/cli-words.ts';
import { path } from '#cli/api/path.ts';
import type { Plan } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { findLiveCluster } from '#cli/flows/clusters.ts';
import { type DeployDocument, readDeployDocuments } from '#cli/input/deploy-documents.ts';
import { mergeFields } from '#cli/input/deploy-options.ts';
import { namingFileFields } from '#cli/input/file-fields.ts';
import type { OperatorResource } from '#cli/input/flink-operator/convert.ts';
import { applyOptions, type ApplyOptions, toRollout } from '#cli/options/rollout.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import { formatChanges, formatEffect, formatStart } from '#cli/output/change-lines.ts';

import type { Context } from '../context.ts';

interface Options extends ApplyOptions {
  readonly file?: string;
  readonly exitCode?: boolean;
}

export const diff = defineCommand<Options>({
  options: {
    '-f, --file <file>': 'YAML or JSON file, or folder of files; - reads stdin',
    ...applyOptions,
    '--exit-code': 'exit with 0 without differences, with 1 otherwise',
  },
  examples: {
    'drey diff -f etl.yaml': 'show what `drey apply -f etl.yaml` would change',
    'drey diff -f etl.yaml --state last-state': 'show what it would do with this option',
    'drey diff -f etl.yaml --exit-code': 'exit with 1 if something would change, and with 2 after a failure',
    'drey diff -f etl.yaml --output json': 'print the plans of the API',
  },
  run: async (context, _operands, { file, exitCode = false, ...options }) => {
    const { deploys: documents, resources } = await readDeployDocuments(file, context);
    const given = toRollout(options);
    for (const { resource, result } of resources)
      context.printNotice(`NOTE ${resource}: It has no plan. ${describeApply(result, options)}`);
    const target = await context.target();
    const plans: Plan[] = [];
    for (const document of documents) {
      const route = path`/v1/targets/${target}/plans`;
      const plan = await namingFileFields(given, route, () => context.api.post<Plan>(route, toPlan(document, given)));
      plans.push(plan);
      plan.warnings.forEach((warning) => context.printNotice(`WARN ${warning}`));
      if (context.json) (documents.length === 1 ? context.printJson : context.printItem)(plan);
      else await printPlan(plan, { target, hasOptions: given.rollout !== undefined }, context);
    }
    if (exitCode && (resources.length > 0 || plans.some(({ changes }) => changes?.unchanged !== true)))
      throw new ExitCode(1);
  },
});

/** What `drey apply` does with a resource that is no deploy. */
const describeApply = (result: OperatorResource, options: ApplyOptions): string => {
  switch (result.kind) {
    case 'suspend': {
      const state = options.state ?? result.state ?? 'savepoint';
      return `\`drey apply\` suspends the application if it runs: ${suspensions[state] ?? `state ${state}`}.`;
    }
    case 'job':
      return '`drey apply` starts the job on its session, or changes the one that runs.';
    default:
      return `\`drey apply\` takes the ${result.snapshot.kind}.`;
  }
};

const suspensions: Readonly<Record<string, string>> = {
  savepoint: 'it ends with a savepoint',
  'last-state': 'it ends with its last checkpoint',
  none: 'its state is dropped',
};

/** The request of a plan: an apply without what it expects of the current revision. */
const toPlan = ({ body }: DeployDocument, given: RequestFields): RequestFields => {
  const { planDigest: _planDigest, ifRevision: _ifRevision, ...plan } = mergeFields(body, given);
  return plan;
};

interface PrintOptions {
  readonly target: string;
  /** Whether options of the command line are a part of the plan. */
  readonly hasOptions: boolean;
}

const printPlan = async (plan: Plan, { target, hasOptions }: PrintOptions, context: Context): Promise<void> => {
  const { clusterId, changes, state, digest } = plan;
  const { print, io } = context;
  if (changes === undefined) await printNew(plan, target, context);
  else if (changes.unchanged) print(`Cluster ${clusterId} is unchanged (revision ${changes.revision}).`);
  else if (changes.changes.length === 0 && changes.class === 'restart')
    print(
      `Cluster ${clusterId} is unchanged (revision ${changes.revision}), and does not run. \`drey apply\` resumes it. ${formatEffect(changes, state)}`,
    );
  else {
    print(`Cluster ${clusterId} differs from revision ${changes.revision}. ${formatEffect(changes, state)}`);
    formatChanges(changes.changes, io.stdout).forEach((line) => print(`  ${line}`));
  }
  for (const { pointer, detail } of plan.errors)
    print(`  The target ${plan.dryRun === 'refused' ? 'refuses' : 'was not asked'}: ${describeError(pointer, detail)}`);
  const repeated = hasOptions ? ', with the same options,' : '';
  if (changes?.unchanged !== true)
    context.printNotice(`Add --plan ${digest} to \`drey apply\`${repeated} to apply only this.`);
};

const describeError = (pointer: string, detail: string): string =>
  pointer === '' ? detail : `${describePointer(pointer)}: ${detail}`;

/** @throws Failure for a live cluster whose spec is not known. */
const printNew = async ({ clusterId, state }: Plan, target: string, context: Context): Promise<void> => {
  if ((await findLiveCluster({ target, clusterId }, context)) !== undefined)
    throw new Failure(`The spec of cluster ${clusterId} is not stored, so nothing can be compared with it.`, {
      hint: `Run \`drey describe ${clusterId}\` to see the cluster.`,
    });
  context.print(`Cluster ${clusterId} does not run. \`drey apply\` deploys it ${formatStart(state)}.`);
};
