import { type AwsRequest, send } from '#shared/aws/transport/client.ts';
import { toEndpoint } from '#shared/aws/transport/endpoints.ts';
import { readRegion } from '#shared/aws/transport/environment.ts';
import type { Call, StsAction } from '#shared/aws/transport/operations.ts';
import { listElements, readElement } from '#shared/aws/transport/xml.ts';

const toCredentials = (xml: string) => ({
  AccessKeyId: readElement(xml, 'AccessKeyId'),
  SecretAccessKey: readElement(xml, 'SecretAccessKey'),
  SessionToken: readElement(xml, 'SessionToken'),
  Expiration: new Date(readElement(xml, 'Expiration') ?? Number.NaN),
});

/** STS. @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export const callSts: Call<StsAction> = async (action, input, options = {}) => {
  const members = Object.entries(input).filter(([, value]) => value !== undefined);
  const parameters = new URLSearchParams([
    ['Action', action.slice('sts:'.length)],
    ['Version', '2011-06-15'],
    ...members.map(([name, value]) => [name, String(value)] as [string, string]),
  ]);
  const request: AwsRequest = {
    service: 'sts',
    method: 'POST',
    endpoint: toEndpoint('sts', options.region ?? readRegion()),
    path: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: parameters.toString(),
  };
  const xml = await send(request, options, (answer) => answer.text());
  const [credentials] = listElements(xml, 'Credentials');
  return {
    Arn: readElement(xml, 'Arn'),
    Credentials: credentials === undefined ? undefined : toCredentials(credentials),
  } as never; // The members that the operation has.
};
