/** An issuer of OpenID Connect in this process, with the authorization code flow for pages. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign as signBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What a token says, apart from the valid claims, and how it is signed. */
export interface TokenOptions {
  readonly claims?: object;
  readonly header?: object;
  /** By default the key of the issuer. */
  readonly key?: KeyObject;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly makeToken: (options?: TokenOptions) => string;
  /** The claims of the next reader who signs in, and how long the first token is valid. It can be renewed. */
  readonly setReader: (claims: object, seconds?: number) => void;
  readonly close: () => Promise<void>;
}

/** A sign-in between the two requests of the flow. */
interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly reader: Reader;
}

interface Reader {
  readonly claims: object;
  readonly seconds: number;
}

const defaultSeconds = 600;

/** @param audience Of the access tokens. */
export const openTestIssuer = async (audience: string): Promise<TestIssuer> => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' };
  let reader: Reader = { claims: {}, seconds: defaultSeconds };
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*'); // The page of the client has another origin.
    void answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const makeToken = ({ claims = {}, header = {}, key = privateKey }: TokenOptions = {}): string => {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: audience, sub: 'ada', iat: now - 5, exp: now + defaultSeconds, ...claims };
    const signed = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'one', ...header })}.${encode(all)}`;
    return `${signed}.${signBytes('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
  };

  const grants = new Map<string, Grant>();
  const authorize = (query: URLSearchParams): string => {
    const read = (name: string) => query.get(name) ?? '';
    if (read('response_type') !== 'code' || read('code_challenge_method') !== 'S256')
      throw new Error('The client does not use the authorization code flow with PKCE.');
    const code = randomUUID();
    const [clientId, redirectUri, challenge] = [read('client_id'), read('redirect_uri'), read('code_challenge')];
    grants.set(code, { clientId, redirectUri, challenge, reader });
    return `${redirectUri}?${new URLSearchParams({ code, state: read('state') }).toString()}`;
  };
  const refreshTokens = new Map<string, Grant>();
  const issue = (grant: Grant, seconds: number) => {
    const { clientId, reader } = grant;
    const refreshToken = randomUUID();
    refreshTokens.set(refreshToken, grant);
    return {
      access_token: makeToken({ claims: reader.claims }),
      id_token: makeToken({ claims: { ...reader.claims, aud: clientId } }),
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: seconds,
      scope: 'openid',
    };
  };
  const renew = (form: URLSearchParams): object | undefined => {
    const grant = refreshTokens.get(form.get('refresh_token') ?? '');
    refreshTokens.delete(form.get('refresh_token') ?? ''); // It is valid once.
    return grant === undefined ? undefined : issue(grant, defaultSeconds);
  };
  const redeem = (form: URLSearchParams): object | undefined => {
    if (form.get('grant_type') === 'refresh_token') return renew(form);
    const grant = grants.get(form.get('code') ?? '');
    grants.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get('redirect_uri')) return undefined;
    return issue(grant, grant.reader.seconds);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer);
    const reply = (value: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const redirect = (location: string) => response.writeHead(302, { location }).end();
    if (pathname === '/.well-known/openid-configuration') reply(discovery(issuer));
    else if (pathname === '/authorize') redirect(authorize(searchParams));
    else if (pathname === '/logout') redirect(searchParams.get('post_logout_redirect_uri') ?? '/');
    else if (pathname === '/token') {
      const tokens = redeem(new URLSearchParams(await text(request)));
      reply(tokens ?? { error: 'invalid_grant' }, tokens === undefined ? 400 : 200);
    } else reply({ keys: [jwk] });
  };
  const setReader = (claims: object, seconds = defaultSeconds) => void (reader = { claims, seconds });
  return { issuer, publicKey, makeToken, setReader, close: async () => void server.close() };
};

const discovery = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  end_session_endpoint: `${issuer}/logout`,
});
