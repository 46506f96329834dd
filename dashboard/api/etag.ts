import type { Middleware } from 'openapi-fetch';

interface Kept {
  readonly etag: string;
  readonly body: string;
  readonly contentType: string;
}

/**
 * Keeps the last answer of each URL that has an ETag, asks with `If-None-Match`, and answers a 304 from what it kept.
 *
 * @param maxAnswers How many answers are kept. The oldest ones go first.
 */
export const revalidate = (maxAnswers = 200): Middleware => {
  const answers = new Map<string, Kept>();
  return {
    onRequest: ({ request }) => {
      const kept = request.method === 'GET' ? answers.get(request.url) : undefined;
      if (kept !== undefined) request.headers.set('If-None-Match', kept.etag);
      return request;
    },
    onResponse: async ({ request, response }) => {
      if (request.method !== 'GET') return undefined;
      const kept = answers.get(request.url);
      if (response.status === 304 && kept !== undefined)
        return new Response(kept.body, {
          status: 200,
          headers: { 'Content-Type': kept.contentType, ETag: kept.etag },
        });
      answers.delete(request.url);
      const etag = response.headers.get('ETag');
      if (!response.ok || etag === null) return undefined;
      const contentType = response.headers.get('Content-Type') ?? 'application/json';
      answers.set(request.url, { etag, body: await response.clone().text(), contentType });
      for (const oldest of answers.keys()) {
        if (answers.size <= maxAnswers) break;
        answers.delete(oldest);
      }
      return undefined;
    },
  };
};
