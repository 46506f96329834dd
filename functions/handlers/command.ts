import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';

import { type Command, type CommandKind, commands } from '#events/commands/index.ts';
import { IdempotencyKey } from '#events/idempotency-key.ts';
import { type Accepted, type Applied, maxWaitSeconds } from '#events/http/accepted.ts';
import { commandCalls } from '#events/http/command-calls.ts';
import { isTerminalOperation } from '#events/records/operation.ts';
import { Fault, parse } from '#events/problems/problem.ts';
import { isRolloutKind } from '#shared/clusters/model/rollout.ts';
import { toOperationPath } from '#shared/clusters/model/operation.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import { UnchangedCluster } from '#shared/clusters/commands/rollouts/unchanged.ts';
import type { AcceptedOperation, UseCase } from '#shared/clusters/commands/use-case.ts';
import type { UseCases } from '#shared/clusters/commands/use-cases.ts';
import type { Ports, World } from '#shared/clusters/ports/ports.ts';
import { readCluster } from '#shared/clusters/queries/clusters.ts';
import { waitForOperation } from '#shared/clusters/queries/operations.ts';

import { httpHandler } from './http.ts';
import { commandOutcome } from '../middleware/command-outcome.ts';
import { getCaller } from './principal.ts';
import { parseBody, parseClusterRef, parseTarget } from './requests.ts';
import { type Answer, respond } from './responses.ts';

/** The function of some commands. The route says which of them a request is. */
export const commandHandler = (useCases: Partial<UseCases>) => {
  const kinds = Object.keys(useCases) as (keyof UseCases)[]; // the keys of the table
  return (world: World) =>
    httpHandler(world, commandCalls, async (event, ports) => {
      const kind = kinds.find((candidate) => commands[candidate].route === event.routeKey);
      const useCase = kind === undefined ? undefined : useCases[kind];
      if (kind === undefined || useCase === undefined) throw new Error(`no command has the route ${event.routeKey}`);
      return acceptCommand({ kind, useCase }, event, ports);
    }).use(commandOutcome(world.metrics));
};

interface AcceptedKind<K extends CommandKind> {
  readonly kind: K;
  readonly useCase: UseCase<K>;
}

/** Accepts the command of a request. Answers 202, or 200 when the caller waited for the end of the operation. */
const acceptCommand = async <K extends CommandKind>(
  { kind, useCase }: AcceptedKind<K>,
  event: APIGatewayProxyEventV2,
  ports: Ports,
): Promise<Answer<Accepted | Applied>> => {
  const startedMs = ports.now().getTime();
  const accepted = await acceptUnlessUnchanged(useCase, parseCommand(kind, event), ports);
  if (accepted instanceof UnchangedCluster) return respondUnchanged(accepted, ports);
  // The time that accepting took is not available for waiting.
  const availableMs = maxWaitSeconds * 1000 - (ports.now().getTime() - startedMs);
  const operation = await waitForOperation(accepted.operation, Math.min(requestedWaitMs(event), availableMs), ports);
  ports.log.info('command accepted', {
    operationId: operation.operationId,
    command: kind,
    clusterId: operation.clusterId,
    outcome: 'done',
  });
  // What the command knows of the cluster is what it has written, unless the caller waited for more.
  const known = operation === accepted.operation ? accepted.cluster : undefined;
  const cluster = changesCluster(kind)
    ? { cluster: known ?? (await readCluster(operation, ports)) }
    : isKnownCluster(kind) && known !== undefined
      ? { cluster: known }
      : {};
  return respond(
    isTerminalOperation(operation) ? 200 : 202,
    { operation, ...cluster },
    { location: toOperationPath(operation) },
  );
};

/** The operation of a command, or the cluster that an apply or a rollback leaves unchanged. */
const acceptUnlessUnchanged = async <K extends CommandKind>(
  useCase: UseCase<K>,
  command: Command<K>,
  ports: Ports,
): Promise<AcceptedOperation | UnchangedCluster> => {
  try {
    return await accept(useCase, command, ports);
  } catch (error) {
    if (error instanceof UnchangedCluster) return error;
    throw error;
  }
};

const respondUnchanged = ({ kind: command, cluster, jobId }: UnchangedCluster, ports: Ports): Answer<Applied> => {
  const { clusterId, revision } = cluster;
  if (jobId !== undefined) {
    ports.log.info('job is unchanged', { command, clusterId, jobId, outcome: 'done' });
    return respond(200, { result: 'unchanged', cluster, jobId });
  }
  ports.log.info('cluster is unchanged', { command, clusterId, outcome: 'done' });
  return respond(200, { result: 'unchanged', cluster, ...(revision === undefined ? {} : { revision }) });
};

/** The answer to these commands has the cluster as well. */
const changesCluster = (kind: CommandKind): boolean => kind === 'deploy' || kind === 'stop' || kind === 'extend';

/** The answer to a rollout has its cluster, unless it deploys the first one of an ID. */
const isKnownCluster = (kind: CommandKind): boolean => isRolloutKind(kind);

const KeyHeader = z.object({ 'idempotency-key': IdempotencyKey.optional() });

/** @throws Fault `malformed-request`, which names the header. */
const parseIdempotencyKey = ({ headers }: APIGatewayProxyEventV2) => parse(KeyHeader, headers)['idempotency-key'];

const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^(?:"[1-9]\d{0,8}"|[1-9]\d{0,8})$/, 'If-Match is the number of a revision, for example "3".')
    .optional(),
});

/**
 * The revision that the header `If-Match` names.
 *
 * @throws Fault `malformed-request`, which names the header, or the member of the body that names another revision.
 */
const parseIfMatch = (
  kind: CommandKind,
  { headers }: APIGatewayProxyEventV2,
  body: ReturnType<typeof parseBody>,
): { readonly ifRevision?: number } => {
  if (!('ifRevision' in commands[kind].data.shape)) return {};
  const given = parse(IfMatch, headers)['if-match'];
  if (given === undefined) return {};
  const ifRevision = Number(given.replaceAll('"', ''));
  if ('ifRevision' in body && body['ifRevision'] !== ifRevision) {
    const [pointer, detail] = [
      '/ifRevision',
      `The header If-Match names another revision, ${ifRevision}. Set one of them.`,
    ];
    throw new Fault('malformed-request', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] });
  }
  return { ifRevision };
};

/** The command of a request. Path parameters other than target and cluster id are members of its data. */
const parseCommand = <K extends CommandKind>(kind: K, event: APIGatewayProxyEventV2): Command<K> => {
  const { target: _target, clusterId: clusterIdInPath, ...parameters } = event.pathParameters ?? {};
  const body = parseBody(event);
  const data = parse(commands[kind].data, { ...body, ...parseIfMatch(kind, event, body), ...parameters });
  const clusterIdInBody = 'clusterId' in data ? data.clusterId : undefined;
  const clusterId = clusterIdInPath === undefined ? clusterIdInBody : parseClusterRef(event).clusterId;
  // The schema of this kind parsed the data, which the compiler cannot infer.
  return {
    kind,
    target: parseTarget(event),
    clusterId,
    data,
    key: parseIdempotencyKey(event),
    origin: 'http',
    principal: getCaller(event),
  } as unknown as Command<K>;
};

/** How long the caller waits for the end of the operation: `Prefer: wait=10`. */
const requestedWaitMs = (event: APIGatewayProxyEventV2): number => {
  const seconds = /(?:^|[,\s])wait=(\d{1,4})/.exec(event.headers['prefer'] ?? '')?.[1];
  return Math.min(Number(seconds ?? 0), maxWaitSeconds) * 1000;
};
