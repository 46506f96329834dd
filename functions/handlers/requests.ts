import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';

import { PageQuery } from '#events/http/paging.ts';
import { pathParameters } from '#events/http/path-parameters.ts';
import type { ClusterRef, OperationRef } from '#events/names.ts';
import { Fault, parse } from '#events/problems/problem.ts';
import type { PageRequest } from '#shared/clusters/model/page.ts';

const Path = z.object(pathParameters);
const ClusterPath = Path.pick({ target: true, clusterId: true });
const OperationPath = Path.pick({ target: true, operationId: true });

/** The cluster that the path names. @throws Fault `malformed-request` */
export const parseClusterRef = (event: APIGatewayProxyEventV2): ClusterRef =>
  parse(ClusterPath, event.pathParameters ?? {});

/** The operation that the path names. @throws Fault `malformed-request` */
export const parseOperationRef = (event: APIGatewayProxyEventV2): OperationRef =>
  parse(OperationPath, event.pathParameters ?? {});

/** The target that the path names. @throws Fault `malformed-request` */
export const parseTarget = (event: APIGatewayProxyEventV2): string => parsePathParameter('target', event);

/** A parameter of the path. @throws Fault `malformed-request`, which names it. */
export const parsePathParameter = (name: keyof typeof pathParameters, event: APIGatewayProxyEventV2): string =>
  parse(z.object({ [name]: pathParameters[name] }), event.pathParameters ?? {})[name] ?? '';

/** The page that the query asks for. @throws Fault `malformed-request` */
export const parsePage = ({ queryStringParameters }: APIGatewayProxyEventV2): PageRequest =>
  parse(PageQuery, queryStringParameters ?? {});

/** The body as JSON; an empty object when there is none. @throws Fault `malformed-request` */
export const parseBody = ({ body, isBase64Encoded }: APIGatewayProxyEventV2): Readonly<Record<string, unknown>> => {
  if (body === undefined || body === '') return {};
  try {
    return parse(
      z.record(z.string(), z.unknown()),
      JSON.parse(isBase64Encoded ? Buffer.from(body, 'base64').toString() : body),
    );
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault('malformed-request', 'The request body is not JSON.', { cause: error });
  }
};
