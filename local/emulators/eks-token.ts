import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const prefix = 'k8s-aws-v1.';
const maxAgeMs = 15 * 60_000;
const allowed = /^(Action|Version|X-Amz-(Algorithm|Credential|Date|Expires|Security-Token|Signature|SignedHeaders))$/;

/**
 * The signed STS request of an EKS token. Undefined when EKS does not accept such a request.
 *
 * @see https://github.com/kubernetes-sigs/aws-iam-authenticator `pkg/token`
 */
export const parseEksToken = (token: string, { region, now }: { region: string; now: Date }): URL | undefined => {
  const text = Buffer.from(token.slice(prefix.length), 'base64url').toString();
  if (!token.startsWith(prefix) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const names = [...url.searchParams.keys()];
  const isAccepted =
    url.origin === `https://sts.${region}.amazonaws.com` &&
    url.pathname === '/' &&
    names.every((name) => allowed.test(name)) &&
    new Set(names).size === names.length &&
    url.searchParams.get('Action') === 'GetCallerIdentity' &&
    (url.searchParams.get('X-Amz-SignedHeaders') ?? '').split(';').includes('x-k8s-aws-id') &&
    isFresh(url.searchParams, now);
  return isAccepted ? url : undefined;
};

const isFresh = (parameters: URLSearchParams, now: Date): boolean => {
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(parameters.get('X-Amz-Date') ?? '') ?? [];
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)];
  const signed = Date.parse(`${year}-${month}-${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`);
  return Math.abs(now.getTime() - signed) <= maxAgeMs;
};

interface Sts {
  readonly awsUrl: string;
  /** The EKS cluster that the token must be signed for. */
  readonly cluster: string;
}

/** Sends the signed request to the emulator's STS, as EKS sends it to AWS. Returns the ARN of who signed it. */
export const findSigner = async (signed: URL, { awsUrl, cluster }: Sts): Promise<string | undefined> => {
  const { hostname, port } = new URL(awsUrl);
  const options = {
    hostname,
    port,
    path: `/${signed.search}`,
    headers: { host: signed.host, 'x-k8s-aws-id': cluster },
    signal: AbortSignal.timeout(5_000),
  };
  const body = await new Promise<string>((resolve, reject) => {
    request(options, (response) => {
      text(response).then(resolve, reject);
    })
      .once('error', reject)
      .end();
  });
  return /<Arn>([^<]+)<\/Arn>/.exec(body)?.[1];
};

/** The ARN of a role, from that of a session of it: access entries name roles. */
export const toPrincipal = (arn: string): string =>
  arn.replace(/^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, '$1:iam::$2:role/$3');
