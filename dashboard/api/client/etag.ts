import type { Middleware } from 'openapi-fetch';

interface Kept {
  readonly etag: string;
  readonly body: string;
  readonly contentType: string;
}

/**
 * Keeps the last answer of each URL that has an ETag, asks with `If-None-Match`, and answers a 304 from what it kept when it
 * asked. Logs are not kept: they are large, and change at each read.
 *
 * @param maxAnswers How many answers are kept. Those that were not used for the longest time go first.
 */
export const revalidate = (maxAnswers = 200): Middleware => {
  const answers = new Map<string, Kept>();
  // Another request for the same URL may be answered in between.
  const asked = new WeakMap<Request, Kept>();
  const keep = (url: string, kept: Kept) => {
    answers.delete(url); // A map has its keys in the order in which they were set.
    answers.set(url, kept);
    for (const oldest of answers.keys()) {
      if (answers.size <= maxAnswers) break;
      answers.delete(oldest);
    }
  };
  return {
    onRequest: ({ request }) => {
      const kept = request.method === 'GET' ? answers.get(request.url) : undefined;
      if (kept === undefined) return undefined;
      request.headers.set('If-None-Match', kept.etag);
      asked.set(request, kept);
      return undefined;
    },
    onResponse: async ({ request, response }) => {
      const kept = asked.get(request);
      if (response.status === 304 && kept !== undefined) {
        keep(request.url, kept);
        return new Response(kept.body, {
          status: 200,
          headers: { 'Content-Type': kept.contentType, ETag: kept.etag },
        });
      }
      if (request.method !== 'GET' || !response.ok || isLog(request.url)) return undefined;
      const etag = response.headers.get('ETag');
      if (etag === null) {
        answers.delete(request.url);
        return undefined;
      }
      const contentType = response.headers.get('Content-Type') ?? 'application/json';
      keep(request.url, { etag, body: await response.clone().text(), contentType });
      return undefined;
    },
  };
};

const isLog = (url: string): boolean => new URL(url).pathname.endsWith('/logs');
