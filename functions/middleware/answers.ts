import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';

import { type Command, type CommandKind, commands } from '#events/commands/index.ts';
import { isTerminalOperation } from '#events/operation.ts';
import { ClusterId, TargetName } from '#events/names.ts';
import { Fault, parse } from '#events/problem.ts';
import { maxWaitSeconds } from '#events/http/accepted.ts';
import { accept } from '#shared/clusters/commands/accept.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { readCluster, waitFor } from '#shared/clusters/queries/reads.ts';
import { toPublic } from '#shared/clusters/model/operation.ts';

import { count } from './invocation.ts';

const ClusterRef = z.object({ target: TargetName, clusterId: ClusterId });
const TargetOnly = z.object({ target: TargetName });

export const clusterRefOf = (event: APIGatewayProxyEventV2) => parse(ClusterRef, event.pathParameters ?? {});
export const targetOf = (event: APIGatewayProxyEventV2) => parse(TargetOnly, event.pathParameters ?? {}).target;

/** The body as JSON; none is an empty object. @throws Fault `malformed-request` */
export const jsonBody = ({ body, isBase64Encoded }: APIGatewayProxyEventV2): Readonly<Record<string, unknown>> => {
  if (body === undefined || body === '') return {};
  try {
    return parse(
      z.record(z.string(), z.unknown()),
      JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body),
    );
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('malformed-request', 'the body is not JSON', { cause: error });
  }
};

export const answer = (
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

const Key = z.string().min(1).max(200, 'an idempotency key has at most 200 characters').optional();

/** The command that a request stands for. Path parameters that are not the place are members of its data. */
const commandOf = <K extends CommandKind>(kind: K, event: APIGatewayProxyEventV2): Command<K> => {
  const { target, clusterId, ...inPath } = event.pathParameters ?? {};
  const data = parse(commands[kind].data, { ...jsonBody(event), ...inPath });
  const named = clusterId ?? ('clusterId' in data ? data.clusterId : undefined);
  // The data was parsed by the schema of this very kind, which the compiler cannot follow.
  return {
    kind,
    target: parse(TargetName, target),
    clusterId: named === undefined ? undefined : parse(ClusterId, named),
    data,
    key: parse(Key, event.headers['idempotency-key']),
    origin: 'http',
  } as unknown as Command<K>;
};

/** How long the caller is ready to wait for the end: `Prefer: wait=10`. */
const waitMs = (event: APIGatewayProxyEventV2) => {
  const wanted = /(?:^|[,\s])wait=(\d{1,4})/.exec(event.headers['prefer'] ?? '')?.[1];
  return Math.min(Number(wanted ?? 0), maxWaitSeconds) * 1000;
};

/** Accepts the command that the request stands for, and answers 202, or 200 when it was waited for and is over. */
export const acceptCommand = async <K extends CommandKind>(
  kind: K,
  event: APIGatewayProxyEventV2,
  ports: Ports,
  signal: AbortSignal,
) => {
  const began = ports.now().getTime();
  const command = commandOf(kind, event);
  const accepted = await accept(command, ports, signal);
  // What accepting took is no longer there for waiting.
  const leftMs = maxWaitSeconds * 1000 - (ports.now().getTime() - began);
  const operation = await waitFor(accepted, Math.min(waitMs(event), leftMs), ports, signal);
  ports.log.info('command accepted', {
    operationId: operation.operationId,
    command: kind,
    clusterId: operation.clusterId,
    outcome: 'done',
  });
  count('Commands', 'done', { command: kind, origin: 'http' });
  const cluster =
    kind === 'deploy' || kind === 'stop' || kind === 'extend' ? { cluster: await readCluster(operation, ports) } : {};
  return answer(
    isTerminalOperation(operation) ? 200 : 202,
    { operation: toPublic(operation), ...cluster },
    { location: `/v1/operations/${operation.operationId}` },
  );
};
