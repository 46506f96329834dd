import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { Transition } from '#events/transitions.ts';
import { transitionPrefix } from '#shared/aws/table.ts';
import type { Ports } from '#shared/clusters/ports.ts';
import { live } from '#shared/live.ts';

/** Table stream → bus. Lambda begins again at the first transition that was not taken, so that the order stays. */
export const publishHandler = (ports: Pick<Ports, 'bus' | 'log'>) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>().handler(async ({ Records }) => {
    const records = Records.filter(isTransition);
    const transitions = records.map(transitionOf);
    const taken = await ports.bus.publish(transitions);
    for (const { target, clusterId, sequence, to } of transitions.slice(0, taken))
      ports.log.info('transition published', { target, clusterId, sequence, to });
    const next = records[taken];
    return { batchItemFailures: next === undefined ? [] : [{ itemIdentifier: next.dynamodb?.SequenceNumber ?? '' }] };
  });

const isTransition = ({ eventName, dynamodb }: DynamoDBRecord) =>
  eventName === 'INSERT' && (dynamodb?.Keys?.['sk']?.S?.startsWith(transitionPrefix) ?? false);

const transitionOf = ({ dynamodb }: DynamoDBRecord): Transition =>
  // The stream's attribute values are those of the SDK, under another name in the types.
  Transition.parse(unmarshall((dynamodb?.NewImage ?? {}) as Parameters<typeof unmarshall>[0])['value']);

export const handler = publishHandler(live);
