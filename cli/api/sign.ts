import type { Settings } from './settings.ts';

export interface UnsignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Signs a request with SigV4 for the service `execute-api`. Returns its headers with the signature. */
export const sign = async (
  { method, url, headers, body }: UnsignedRequest,
  { region, credentials }: Pick<Settings, 'region' | 'credentials'>,
): Promise<Record<string, string>> => {
  const [{ SignatureV4 }, { HttpRequest }, { Sha256 }] = await Promise.all([
    import('@smithy/signature-v4'),
    import('@smithy/protocol-http'),
    import('@aws-crypto/sha256-js'),
  ]);
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const request = new HttpRequest({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname, // already encoded; the signer encodes it once more, as API Gateway does
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    body,
  });
  const { host: _host, ...signed } = (await signer.sign(request)).headers;
  return signed;
};
