import { type AwsRequest, readJson, send } from '#shared/aws/transport/client.ts';
import { type Service, toEndpoint } from '#shared/aws/transport/endpoints.ts';
import { readRegion } from '#shared/aws/transport/environment.ts';
import type { Call, CallOptions, JsonAction } from '#shared/aws/transport/operations.ts';

/** The services of the AWS JSON protocol, with the version of the protocol and what their targets begin with. */
const services = {
  dynamodb: { version: '1.0', prefix: 'DynamoDB_20120810' },
  states: { version: '1.0', prefix: 'AWSStepFunctions' },
  sqs: { version: '1.0', prefix: 'AmazonSQS' },
  events: { version: '1.1', prefix: 'AWSEvents' },
} as const satisfies Partial<Record<Service, object>>;
type JsonService = keyof typeof services;

/** The protocol has times as seconds since 1970. */
const toJson = (input: object): string =>
  JSON.stringify(input, function (this: Readonly<Record<string, unknown>>, key, value: unknown) {
    const given = this[key];
    return given instanceof Date ? given.getTime() / 1000 : value;
  });

/** @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html */
export const sendJson = async (action: string, input: object, options: CallOptions = {}): Promise<unknown> => {
  // The type of an action has these parts.
  const [service, operation] = action.split(':') as [JsonService, string];
  const { version, prefix } = services[service];
  const request: AwsRequest = {
    service,
    method: 'POST',
    endpoint: toEndpoint(service, options.region ?? readRegion()),
    path: '/',
    headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${prefix}.${operation}` },
    body: toJson(input),
  };
  return send(request, options, readJson);
};

/** Members of answers that are times. */
const times: Partial<Record<JsonAction, string>> = { 'states:StartExecution': 'startDate' };

/** Step Functions, SQS and EventBridge. */
export const callJson: Call<JsonAction> = async (action, input, options) => {
  // The services answer what the operation says.
  const answer = (await sendJson(action, input, options)) as Readonly<Record<string, unknown>>;
  const time = times[action];
  if (time === undefined || typeof answer[time] !== 'number') return answer;
  return { ...answer, [time]: new Date(answer[time] * 1000) };
};
