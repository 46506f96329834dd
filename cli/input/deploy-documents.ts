import { Failure } from '#cli/api/failure.ts';
import type { Context } from '#cli/context.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { isRecord } from '#events/is-record.ts';

import type { Conversion, OperatorResource } from './flink-operator/convert.ts';
import { withCommandLine } from './deploy-options.ts';
import { isResource, readDeploysAndResources } from './resources.ts';

/** A deploy of a file, which may have the members of an apply as well. */
export interface DeployDocument {
  readonly clusterId: string;
  readonly body: RequestFields;
}

/** What the documents of files ask for. */
export interface Documents {
  readonly deploys: readonly DeployDocument[];
  /** Suspensions first, then jobs, then snapshots. */
  readonly resources: readonly (Conversion & { readonly result: OperatorResource })[];
}

/**
 * The deploys of a file, a folder or stdin, with the options of the command line: those of Drey first, then those that
 * resources of the Flink Kubernetes Operator convert to. What other resources ask for comes with them.
 *
 * @throws Failure for a document that is no deploy, has no cluster ID, or cannot be converted.
 */
export const readDeployDocuments = async (file: string | undefined, context: Context): Promise<Documents> => {
  if (file === undefined) throw new UsageError('Specify the deploys: -f FILE, -f FOLDER or -f -.');
  const documents = await readDeploysAndResources({ file, option: '-f' }, context.io.stdin);
  const [resources, own] = [documents.filter(isResource), documents.filter((document) => !isResource(document))];
  const converted = resources.length === 0 ? [] : await convert(resources, file, context);
  const deploys = [
    ...own.map((document) => toDeploy(document, file)),
    ...converted.flatMap(({ result }) =>
      result?.kind === 'deploy' ? [{ ...result.deploy, rollout: result.rollout }] : [],
    ),
  ];
  const others = order.flatMap((kind) =>
    converted.flatMap(({ result, ...rest }) => (result?.kind === kind ? [{ ...rest, result }] : [])),
  );
  if (deploys.length + others.length === 0)
    throw new Failure(`${file === '-' ? 'The standard input' : file} has no deploys.`);
  if (deploys.length > 1 && context.clusterId !== undefined)
    throw new UsageError('-Dkubernetes.cluster-id names one cluster, and there are several deploys. Leave it out.');
  return {
    deploys: await Promise.all(
      deploys.map(async (deploy) => withClusterId(await withCommandLine(deploy, context), file)),
    ),
    resources: others,
  };
};

/** A job needs its session, and a snapshot its job. */
const order = ['suspend', 'job', 'snapshot'] as const;

const toDeploy = (document: unknown, file: string): RequestFields => {
  if (isRecord(document)) return document;
  throw new Failure(`${file} does not contain a deploy: the top level must be a mapping.`, {
    hint: 'Write the body of a deploy, with the members mode, clusterId and config.',
  });
};

const convert = async (
  resources: readonly unknown[],
  file: string,
  context: Context,
): Promise<readonly Conversion[]> => {
  const [{ convertResources }, { reportConversions }] = await Promise.all([
    import('./flink-operator/convert.ts'),
    import('./flink-operator/report.ts'),
  ]);
  const conversions = convertResources(resources);
  reportConversions(conversions, file, 'apply', context);
  return conversions;
};

const withClusterId = (body: RequestFields, file: string): DeployDocument => {
  const { clusterId } = body;
  if (typeof clusterId === 'string' && clusterId !== '') return { clusterId, body };
  throw new Failure(`A deploy of ${file === '-' ? 'the standard input' : file} has no cluster ID.`, {
    hint: 'Write clusterId, or set -Dkubernetes.cluster-id.',
  });
};
