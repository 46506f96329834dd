import { Failure } from '#cli/api/failure.ts';
import { path } from '#cli/api/path.ts';
import type { Accepted } from '#cli/api/responses.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { readCluster } from '#cli/flows/clusters.ts';
import { carryOut } from '#cli/flows/operations.ts';
import { awaitRestored } from '#cli/flows/restored-jobs.ts';
import { documentOf } from '#cli/input/document.ts';
import type { RestoreFrom } from '#cli/options/drey-options.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { clusterLine } from '#cli/output/flink-lines.ts';
import type { Spec } from '#events/specs.ts';

import type { Context } from '../context.ts';
import { specPath } from './spec.ts';

interface Options {
  readonly file?: string;
  readonly spec?: string;
  readonly wait: boolean;
}

export const deploy = defineCommand<Options>({
  options: {
    '-f, --file <file>': 'a file (YAML or JSON) with the body of a deploy; - is the standard input',
    '--spec <name>': 'the spec that is stored under this name',
    '--no-wait': 'return as soon as the request is accepted',
  },
  examples: {
    'drey deploy -f cluster.yaml': 'what the file says; docs/schedules.md has one',
    'drey deploy --spec office -Dkubernetes.cluster-id=office-2': 'a stored one, under another cluster id',
  },
  run: async (context, _operands, { file, spec, wait }) => {
    const stored = await bodyOf({ file, spec }, context);
    const body = overridden(stored, context);
    const target = await context.target();
    const clusterId = typeof body['clusterId'] === 'string' ? body['clusterId'] : '';
    const request = {
      path: path`/v1/targets/${target}/clusters`,
      body,
      what: `Starting ${body['mode'] === 'application' ? 'application' : 'session'} cluster ${clusterId}`.trim(),
    };
    const { operation } = wait
      ? await carryOut(request, context)
      : await context.api.post<Accepted>(request.path, request.body);
    const cluster = await readCluster(operation, context);
    if (context.json) context.printJson({ operation, cluster });
    else if (wait) context.print(clusterLine('Create', cluster, undefined));
    else context.print(`Cluster ${cluster.clusterId} is being started as operation ${operation.operationId}.`);
    if (wait) await awaitRestored(operation, context);
  },
});

/** What the command line says goes before what was written down. */
const overridden = (
  stored: Readonly<Record<string, unknown>>,
  { clusterId, config, lifetime, labels, queueing, onFailure, flinkVersion, restore }: Context,
): Readonly<Record<string, unknown>> => ({
  ...stored,
  ...queueing,
  ...(clusterId === undefined ? {} : { clusterId }),
  ...(onFailure === undefined ? {} : { onFailure }),
  ...(flinkVersion === undefined ? {} : { flinkVersion }),
  ...layered('config', stored, config),
  ...layered('lifetime', stored, lifetime),
  ...layered('labels', stored, labels),
  ...withRestore(stored, restore),
});

/** Of a session, or of the program of an application. */
const withRestore = (stored: Readonly<Record<string, unknown>>, restore: RestoreFrom | undefined) => {
  if (restore === undefined) return {};
  return stored['mode'] === 'application' ? layered('job', stored, { restore }) : layered('restore', stored, restore);
};

const layered = (member: string, stored: Readonly<Record<string, unknown>>, given: object | undefined = {}) => {
  const below = stored[member];
  // What is no object the API refuses by name.
  if (Object.keys(given).length === 0 || (below !== undefined && (typeof below !== 'object' || below === null)))
    return {};
  return { [member]: { ...below, ...given } };
};

const bodyOf = async (
  { file, spec }: { readonly file: string | undefined; readonly spec: string | undefined },
  context: Context,
): Promise<Readonly<Record<string, unknown>>> => {
  if ((file === undefined) === (spec === undefined))
    throw new UsageError('Say what to deploy: -f FILE or --spec NAME.');
  if (spec !== undefined) return (await context.api.get<Spec>(await specPath(spec, context))).deploy;
  const document = await documentOf(file ?? '-', context.io.stdin);
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Failure(`${file} does not describe a cluster.`, {
      hint: 'It holds the body of a deploy: mode, config …',
    });
  return { ...document };
};
