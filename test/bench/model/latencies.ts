import {
  BatchGetCommand,
  GetCommand,
  QueryCommand,
  TransactGetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';

import type { Service } from '#test/faults/simulation.ts';

/** How long the simulated services take from a request to its answer, in milliseconds. */
export const latenciesMs = {
  'DynamoDB, read': 4,
  'DynamoDB, write of one item': 6,
  'DynamoDB, transaction': 12,
  Kubernetes: 15,
  SQS: 8,
  'other services of AWS': 8,
} as const;

const reads = [GetCommand, QueryCommand, BatchGetCommand, TransactGetCommand] as const;

export const isRead = (command: unknown): boolean => reads.some((kind) => command instanceof kind);

/** The latency of a request. Credentials of warm functions are cached, so a request for them takes no time. */
export const latencyOf = (service: Service, command: unknown): number => {
  switch (service) {
    case 'DynamoDB':
      if (isRead(command)) return latenciesMs['DynamoDB, read'];
      return command instanceof TransactWriteCommand
        ? latenciesMs['DynamoDB, transaction']
        : latenciesMs['DynamoDB, write of one item'];
    case 'Kubernetes':
      return latenciesMs.Kubernetes;
    case 'SQS':
      return latenciesMs.SQS;
    case 'EKS':
      return 0;
    default:
      return latenciesMs['other services of AWS'];
  }
};
