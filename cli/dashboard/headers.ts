import { createHash } from 'node:crypto';

/** The headers of every answer. Nothing is kept by the browser, unless an answer says otherwise. */
export const sharedHeaders = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Drey answers JSON. Anything else is of a program on a cluster, and no page or script in the origin of the dashboard. */
export const toContentType = (contentType = ''): string =>
  /^application\/(?:problem\+)?json\b/.test(contentType) ? contentType : 'text/plain; charset=utf-8';

const html = 'text/html; charset=utf-8';

const toPolicy = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join('; ');

const ownOnly = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'", // The components set styles of elements.
  'img-src': "'self' data:",
  'font-src': "'self' data:",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'manifest-src': "'self'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
} as const;

/** The page that moves from an address with a token to the clean one. */
export const entryHeaders = {
  'content-type': html,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * The policy of the files of the dashboard. A worker has the policy of its own file.
 *
 * @param origins Where the page connects to, apart from its own origin.
 */
export const toPagePolicy = (origins: readonly string[] = []): string =>
  toPolicy({ ...ownOnly, 'connect-src': [ownOnly['connect-src'], ...origins].join(' '), 'base-uri': "'none'" });

/** The page calls its own server only. */
export const pagePolicy = toPagePolicy();

export const pageHeaders = { 'content-type': html, 'content-security-policy': pagePolicy } as const;

/** The event handler with which Flink's page switches on its own style sheet. */
const flinkHandler = createHash('sha256').update("this.media='all'").digest('base64');

/**
 * The files of Flink's web UI. A program on the cluster can answer in place of Flink, so that they are a stranger's. They get
 * scripts, and nothing from or to elsewhere: no other address, window, frame or form.
 */
export const flinkPolicy = toPolicy({
  ...ownOnly,
  'script-src': `'self' 'unsafe-hashes' 'sha256-${flinkHandler}'`,
  'base-uri': "'self'",
  sandbox: 'allow-scripts allow-same-origin allow-downloads',
});
