import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { readCluster } from '#cli/flows/clusters.ts';
import { postCommand, runCommand } from '#cli/flows/operations.ts';
import { waitForRestoredJobs } from '#cli/flows/restored-jobs.ts';
import { withCommandLine } from '#cli/input/deploy-options.ts';
import { readDocument } from '#cli/input/document.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatCluster } from '#cli/output/flink-lines.ts';
import type { Spec } from '#events/records/specs.ts';

import type { Context } from '../context.ts';
import { specPath } from './spec.ts';

interface Options {
  readonly file?: string;
  readonly spec?: string;
  readonly wait: boolean;
}

export const deploy = defineCommand<Options>({
  options: {
    '-f, --file <file>': 'YAML or JSON file with the deploy; - reads stdin',
    '--spec <name>': 'name of the stored spec',
    '--no-wait': 'return when the API has accepted the command',
  },
  examples: {
    'drey deploy -f cluster.yaml': 'deploy a file; docs/schedules.md has an example',
    'drey deploy --spec office -Dkubernetes.cluster-id=office-2': 'deploy a stored spec under another cluster id',
  },
  run: async (context, _operands, { file, spec, wait }) => {
    const stored = await readDeploy({ file, spec }, context);
    const body = await withCommandLine(stored, context);
    const target = await context.target();
    const clusterId = typeof body['clusterId'] === 'string' ? body['clusterId'] : '';
    const request = {
      path: path`/v1/targets/${target}/clusters`,
      body,
      title: `Starting ${body['mode'] === 'application' ? 'application' : 'session'} cluster ${clusterId}`.trim(),
    };
    const { operation } = wait ? await runCommand(request, context) : await postCommand(request, context);
    const cluster = await readCluster(operation, context);
    if (context.json) context.printJson({ operation, cluster });
    else if (wait) context.print(formatCluster('Create', cluster, undefined));
    else context.print(`Cluster ${cluster.clusterId} is starting. Operation: ${operation.operationId}.`);
    if (wait) await waitForRestoredJobs(operation, context);
  },
});

const readDeploy = async (
  { file, spec }: { readonly file: string | undefined; readonly spec: string | undefined },
  context: Context,
): Promise<RequestFields> => {
  if ((file === undefined) === (spec === undefined))
    throw new UsageError('Specify what to deploy: -f FILE or --spec NAME.');
  if (spec !== undefined) return (await context.api.get<Spec>(await specPath(spec, context))).deploy;
  const document = await readDocument({ file: file ?? '-', option: '-f' }, context.io.stdin);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Failure(`${file} does not contain a deploy: the top level must be a mapping.`, {
      hint: 'Write the body of a deploy, with the members mode, clusterId and config.',
    });
  return { ...document };
};
