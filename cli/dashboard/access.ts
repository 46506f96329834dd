import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The parameter of an opened address that has a token. */
export const tokenParameter = 'token';

/** Who may use a server: the browser that opened an address with a token, by the cookie that it got for the token. */
export interface Access {
  /** A token that is valid once, for the given time. By default as long as the server. */
  readonly issueToken: (ttlMs?: number) => string;
  /** Whether the token is valid. Afterwards it is no longer valid. */
  readonly redeem: (token: string) => boolean;
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
  readonly hasCookie: (header: string | undefined) => boolean;
}

const newSecret = () => randomBytes(32).toString('base64url');
const digest = (text: string) => createHash('sha256').update(text).digest();

/** @param port Cookies belong to a host with all of its ports, so the name of each has its port. */
export const createAccess = (port: number): Access => {
  const name = `drey-${port}`;
  const secret = newSecret();
  const expected = digest(secret);
  let tokens: readonly { readonly digest: Buffer; readonly untilMs: number }[] = [];
  return {
    issueToken: (ttlMs = Infinity) => {
      const token = newSecret();
      const now = Date.now();
      tokens = [...tokens.filter(({ untilMs }) => untilMs > now), { digest: digest(token), untilMs: now + ttlMs }];
      return token;
    },
    redeem: (token) => {
      const given = digest(token);
      const now = Date.now();
      // Each token is compared, and each comparison takes the same time.
      const matches = tokens.map((one) => timingSafeEqual(one.digest, given) && one.untilMs > now);
      tokens = tokens.filter((_token, index) => matches[index] !== true);
      return matches.includes(true);
    },
    cookie: `${name}=${secret}; Path=/; HttpOnly; SameSite=Strict`,
    hasCookie: (header = '') =>
      header
        .split(';')
        .map((pair) => pair.trim().split('='))
        .some(([key, value = '']) => key === name && timingSafeEqual(digest(value), expected)),
  };
};

/** Why a request is refused. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
}

const refuse = (status: number, detail: string): Refusal => ({ status, detail });

/**
 * Checks that a request is meant for this server. Another site may resolve its own name to this machine, so `Host` must be the
 * server's own.
 *
 * @param authority `HOST:PORT`
 */
export const checkHost = (
  { headers: { host }, rawHeaders }: IncomingMessage,
  authority: string,
): Refusal | undefined => {
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  return hosts.length === 1 && host === authority
    ? undefined
    : refuse(421, `This server answers requests to ${authority} only.`);
};

/**
 * Whether a browser shows what a request with a token opens: the dashboard leads to the web UI of a cluster, which is another
 * site. Clients without `Sec-Fetch-Site` are no current browsers.
 */
export const isEntry = ({ headers }: IncomingMessage): boolean =>
  headers['sec-fetch-site'] === undefined ||
  (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document');

/**
 * Checks that a request comes from the server's own pages, or from the address bar. A page of another port of this machine, which
 * browsers count as the same site, gets the cookie sent, and has another origin.
 */
export const checkSource = ({ method, headers }: IncomingMessage): Refusal | undefined => {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  // It would stay in the browser, and serve pages of the next server with this port.
  if (headers['sec-fetch-dest'] === 'serviceworker' || headers['service-worker'] !== undefined)
    return refuse(403, 'This server has no service worker.');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return refuse(403, 'The request comes from another site or another port.');
  if (origin === undefined ? method !== 'GET' : origin !== `http://${host}`)
    return refuse(403, "The request does not have this server's own Origin.");
  return undefined;
};
