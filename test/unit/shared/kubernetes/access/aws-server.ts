import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** The trust policy of a role: the principal that may assume it, and the external ID that its condition requires. */
interface Trust {
  readonly principal: string;
  readonly externalId?: string;
}

/** A request that the server received, with the principal whose key signed it. */
export interface Seen {
  readonly action: string;
  readonly principal: string;
  readonly signingRegion: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The principal with the key in the environment of the tests. */
export const functionPrincipal = 'the function';
export const functionKey = 'AKIAFUNCTION';
/** Stands for what AWS's messages may hold. */
export const secretMessage = 'Authorization header and other secrets';

const credentialScope = /Credential=(?<key>[^/]+)\/\d+\/(?<region>[^/]+)/;

/** STS and EKS on loopback. It enforces trust policies, and knows the principal of a request by the key that signed it. */
export const startAwsServer = async (roles: Readonly<Record<string, Trust>>) => {
  const seen: Seen[] = [];
  const principals = new Map([[functionKey, functionPrincipal]]);

  const assumeRole = (principal: string, parameters: Seen['parameters'], response: ServerResponse): void => {
    const { RoleArn = '', RoleSessionName = '', ExternalId, DurationSeconds = '3600' } = parameters;
    const trust = roles[RoleArn];
    const isTrusted = trust?.principal === principal.replace(/\/[^/]+$/, '');
    if (Number(DurationSeconds) > 3600 && principal !== functionPrincipal) return fail(response, 'ValidationError');
    if (!isTrusted || (trust.externalId !== undefined && trust.externalId !== ExternalId))
      return fail(response, 'AccessDenied');
    const key = `ASIA${principals.size}`;
    principals.set(key, `${RoleArn}/${RoleSessionName}`);
    const expiration = new Date(Date.now() + Number(DurationSeconds) * 1000).toISOString();
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>${key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
      <SessionToken>token-${key}</SessionToken><Expiration>${expiration}</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { key = '', region = '' } = credentialScope.exec(request.headers.authorization ?? '')?.groups ?? {};
    const principal = principals.get(key) ?? 'nobody';
    const parameters = Object.fromEntries(new URLSearchParams(await text(request)));
    const { Action: action = 'DescribeCluster' } = parameters;
    seen.push({ action, principal, signingRegion: region, parameters });
    if (action === 'AssumeRole') return assumeRole(principal, parameters, response);
    const data = Buffer.from('PEM').toString('base64');
    const cluster = { endpoint: 'https://abc.eks.amazonaws.com', certificateAuthority: { data } };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ cluster }));
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on a port.
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  /** The principal that signed a token of an EKS cluster. */
  const signerOf = (token: string): string | undefined => {
    const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
    return principals.get(url.searchParams.get('X-Amz-Credential')?.split('/')[0] ?? '');
  };
  return { url: `http://127.0.0.1:${port}`, seen, signerOf, close };
};

const fail = (response: ServerResponse, code: string): void => {
  response.writeHead(403, { 'content-type': 'text/xml' });
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${secretMessage}</Message></Error></ErrorResponse>`,
  );
};
