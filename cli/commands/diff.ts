import { ExitCode, Failure } from '#cli/api/failure.ts';
import { describePointer } from '#cli/api/cli-words.ts';
import { path } from '#cli/api/path.ts';
import type { Plan } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { findLiveCluster } from '#cli/flows/clusters.ts';
import { type DeployDocument, readDeployDocuments } from '#cli/input/deploy-documents.ts';
import { formatEffect, formatChanges } from '#cli/output/change-lines.ts';

import type { Context } from '../context.ts';

interface Options {
  readonly file?: string;
  readonly exitCode?: boolean;
}

export const diff = defineCommand<Options>({
  options: {
    '-f, --file <file>': 'YAML or JSON file, or folder of files; - reads stdin',
    '--exit-code': 'exit with 0 without differences, with 1 otherwise',
  },
  examples: {
    'drey diff -f etl.yaml': 'show what `drey apply -f etl.yaml` would change',
    'drey diff -f etl.yaml --exit-code': 'exit with 1 if something would change, and with 2 after a failure',
    'drey diff -f etl.yaml --output json': 'print the plans of the API',
  },
  run: async (context, _operands, { file, exitCode = false }) => {
    const { deploys: documents, resources } = await readDeployDocuments(file, context);
    for (const { resource } of resources)
      context.printNotice(`NOTE ${resource}: It has no plan. \`drey apply\` says what it does.`);
    const target = await context.target();
    const plans: Plan[] = [];
    for (const document of documents) {
      const plan = await context.api.post<Plan>(path`/v1/targets/${target}/plans`, toDeploy(document));
      plans.push(plan);
      plan.warnings.forEach((warning) => context.printNotice(`WARN ${warning}`));
      if (context.json) (documents.length === 1 ? context.printJson : context.printItem)(plan);
      else await printPlan(plan, target, context);
    }
    if (exitCode && (resources.length > 0 || plans.some(({ changes }) => changes?.unchanged !== true)))
      throw new ExitCode(1);
  },
});

/** A plan is one of a deploy. The other members say how an apply rolls it out. */
const toDeploy = ({ body }: DeployDocument) => {
  const { rollout: _rollout, planDigest: _planDigest, ifRevision: _ifRevision, ...deploy } = body;
  return deploy;
};

const printPlan = async (plan: Plan, target: string, context: Context): Promise<void> => {
  const { clusterId, changes, digest } = plan;
  const { print, io } = context;
  if (changes === undefined) await printNew(plan, target, context);
  else if (changes.unchanged) print(`Cluster ${clusterId} is unchanged (revision ${changes.revision}).`);
  else {
    print(`Cluster ${clusterId} differs from revision ${changes.revision}. ${formatEffect(changes)}`);
    formatChanges(changes.changes, io.stdout).forEach((line) => print(`  ${line}`));
  }
  for (const { pointer, detail } of plan.errors)
    print(`  The target ${plan.dryRun === 'refused' ? 'refuses' : 'was not asked'}: ${describeError(pointer, detail)}`);
  if (changes?.unchanged !== true) context.printNotice(`Add --plan ${digest} to \`drey apply\` to apply only this.`);
};

const describeError = (pointer: string, detail: string): string =>
  pointer === '' ? detail : `${describePointer(pointer)}: ${detail}`;

/** @throws Failure for a live cluster whose spec is not known. */
const printNew = async ({ clusterId }: Plan, target: string, context: Context): Promise<void> => {
  if ((await findLiveCluster({ target, clusterId }, context)) !== undefined)
    throw new Failure(`The spec of cluster ${clusterId} is not stored, so nothing can be compared with it.`, {
      hint: `Run \`drey describe ${clusterId}\` to see the cluster.`,
    });
  context.print(`Cluster ${clusterId} does not run. \`drey apply\` deploys it.`);
};
