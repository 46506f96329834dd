import { escapeUri } from '#events/escape-uri.ts';
import { type AwsRequest, createSigner, send, toHttpRequest, toRequestTarget } from '#shared/aws/transport/client.ts';
import { toBucketEndpoint } from '#shared/aws/transport/endpoints.ts';
import { readCredentials, readRegion } from '#shared/aws/transport/environment.ts';
import { toAwsError } from '#shared/aws/transport/errors.ts';
import type { HttpAnswer } from '#shared/aws/transport/exchange.ts';
import type { Call, Operations, S3Action } from '#shared/aws/transport/operations.ts';
import { listElements, readElement } from '#shared/aws/transport/xml.ts';

interface Place {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
}

const locate = ({ Bucket = '', Key = '' }: Place, region: string): Pick<AwsRequest, 'endpoint' | 'path'> => {
  const endpoint = toBucketEndpoint(Bucket, region);
  const folder = endpoint.pathname.replace(/\/$/, '');
  return { endpoint, path: `${folder}/${Key.split('/').map(escapeUri).join('/')}` };
};

type Input<A extends S3Action> = Operations[A]['input'];
type Parts = Omit<AwsRequest, 'service' | 'endpoint' | 'path'>;

const given = (values: Readonly<Record<string, string | number | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])),
  );

const requests: { readonly [A in S3Action]: (input: Input<A>) => Parts } = {
  's3:GetObject': ({ Range }) => ({ method: 'GET', headers: given({ range: Range }) }),
  's3:HeadObject': () => ({ method: 'HEAD' }),
  's3:PutObject': ({ Body, ContentType }) => ({ method: 'PUT', headers: { 'content-type': ContentType }, body: Body }),
  's3:CopyObject': ({ CopySource, MetadataDirective, ContentType }) => ({
    method: 'PUT',
    headers: given({
      'x-amz-copy-source': CopySource,
      'x-amz-metadata-directive': MetadataDirective,
      'content-type': ContentType,
    }),
  }),
  's3:DeleteObject': () => ({ method: 'DELETE' }),
  's3:ListObjectsV2': ({ Prefix, MaxKeys, StartAfter }) => ({
    method: 'GET',
    query: given({ 'list-type': 2, prefix: Prefix, 'max-keys': MaxKeys, 'start-after': StartAfter }),
  }),
};

const toObject = ({ body, headers }: HttpAnswer): Operations['s3:GetObject']['output'] => ({
  Body: body,
  ContentLength: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
  ContentRange: headers['content-range'],
  ETag: headers['etag'],
  LastModified: headers['last-modified'] === undefined ? undefined : new Date(headers['last-modified']),
});

const toListed = (xml: string): Operations['s3:ListObjectsV2']['output'] => ({
  IsTruncated: readElement(xml, 'IsTruncated') === 'true',
  Contents: listElements(xml, 'Contents').map((content) => ({
    Key: readElement(content, 'Key'),
    LastModified: new Date(readElement(content, 'LastModified') ?? Number.NaN),
  })),
});

/** S3 may report an error of a copy after it has answered 200. */
const readDone = async ({ headers, text }: HttpAnswer): Promise<object> => {
  const xml = await text();
  if (readElement(xml, 'Error') !== undefined) throw toAwsError({ status: 500, headers, text: xml });
  return {};
};

const readAnswer = async (action: S3Action, answer: HttpAnswer): Promise<unknown> => {
  switch (action) {
    case 's3:GetObject':
      return toObject(answer);
    case 's3:HeadObject':
      await answer.text();
      return toObject(answer);
    case 's3:ListObjectsV2':
      return toListed(await answer.text());
    default:
      return readDone(answer);
  }
};

/** S3. @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export const callS3: Call<S3Action> = async (action, input, options = {}) => {
  const parts: Parts = requests[action](input);
  const place = locate(input, options.region ?? readRegion());
  const answer = await send({ service: 's3', ...place, ...parts }, options, (answer) => readAnswer(action, answer));
  return answer as never; // The answer of this action.
};

interface Presigned {
  readonly headers: Readonly<Record<string, string>>;
  readonly seconds: number;
}

/** A URL that makes the request with these headers, for a time. */
export const presign = async (_action: 's3:PutObject', at: Place, { headers, seconds }: Presigned): Promise<string> => {
  const region = readRegion();
  const place = locate(at, region);
  const request = toHttpRequest({
    service: 's3',
    method: 'PUT',
    ...place,
    // The signer moves it to the query.
    headers: { ...headers, 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' },
  });
  const signer = createSigner({ service: 's3', region, credentials: readCredentials() });
  const signed = await signer.presign(request, {
    expiresIn: seconds,
    signableHeaders: new Set(['host', ...Object.keys(headers)]),
  });
  return `${place.endpoint.origin}${toRequestTarget(place.path, signed.query)}`;
};
