import { createHash } from 'node:crypto';

import type middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** 132 bits of SHA-256, with which no two bodies have the same tag by chance. */
const tagLength = 22;

/**
 * Answers 304 without a body to a GET whose caller has the same body already. The tag of a body is a hash of it.
 *
 * The tag is weak, because it stands for a body and not for a revision: `If-Match`, with the number of a revision,
 * compares strongly, so that no weak tag may be used there. Caches have to ask each time, and only those of the caller.
 *
 * @see RFC 9110, sections 8.8 and 13.1.2
 */
export const conditional = (): middy.MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2> => ({
  after: (request) => {
    const { event, response } = request;
    if (event.requestContext.http.method !== 'GET' || response?.statusCode !== 200) return;
    if (response.headers?.['cache-control'] === 'no-store') return; // The answer may not be kept.
    const hash = createHash('sha256')
      .update(response.body ?? '')
      .digest('base64url');
    const tag = hash.slice(0, tagLength);
    const headers = { etag: `W/"${tag}"`, 'cache-control': 'private, no-cache' };
    request.response = matches(event.headers['if-none-match'], tag)
      ? { statusCode: 304, headers }
      : { ...response, headers: { ...response.headers, ...headers } };
  },
});

/** Whether a header If-None-Match is `*`, or lists the tag, weak or not. */
const matches = (header: string | undefined, tag: string): boolean =>
  header?.trim() === '*' || header?.split(',').some((one) => one.trim().replace(/^W\//, '') === `"${tag}"`) === true;
