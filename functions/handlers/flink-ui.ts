import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import type { ClusterRef } from '#events/names.ts';
import { Fault } from '#events/problems/problem.ts';
import { countAnswerBytes, maxAnswerBytes } from '#shared/clusters/queries/answer-size.ts';
import { newTooLargeFault, type UiAnswer } from '#shared/clusters/queries/flink-ui.ts';

import type { Answer } from './responses.ts';

/**
 * The path and the query below the root of Flink's web UI, as API Gateway passes them. It decodes the parameter and the path once.
 * A path that still differs from its parameter has characters that the gateway did not decode there, and is refused.
 *
 * @throws Fault `flink-path-refused`
 */
export const parseUiRequest = ({ pathParameters, rawPath, rawQueryString }: APIGatewayProxyEventV2) => {
  const path = pathParameters?.['proxy'] ?? '';
  if (!rawPath.endsWith(`/flink/${path}`))
    throw new Fault('flink-path-refused', "The path has encoded characters. No path of Flink's web UI needs them.");
  return { path, query: rawQueryString };
};

/**
 * Every header of an answer of the UI but its content type. A tenant's program can answer in place of Flink. Its answer is
 * never a page of the API's own origin: the sandbox takes scripts, forms and the origin from it.
 */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/**
 * The answer with its body as a text, or as base64 if it is binary.
 *
 * @throws Fault `answer-too-large`
 */
export const respondUi = (
  { contentType, body }: UiAnswer,
  request: { readonly cluster: ClusterRef; readonly path: string },
): Answer<string> => {
  const bytes = Buffer.from(body);
  const text = bytes.toString();
  const isText = /^text\/|json|svg/.test(contentType) && Buffer.from(text).equals(bytes);
  const encoded = isText ? text : bytes.toString('base64');
  if (countAnswerBytes(encoded) > maxAnswerBytes)
    throw newTooLargeFault(request.path, { ...request.cluster, bytes: bytes.byteLength });
  return { status: 200, body: encoded, headers, file: { contentType, isBase64Encoded: !isText } };
};
