import type { TableRequest } from '#test/fakes/table.ts';
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

/** The latency of a request to DynamoDB. */
const tableLatencyOf = ([action]: TableRequest): number => {
  switch (action) {
    case 'dynamodb:GetItem':
    case 'dynamodb:BatchGetItem':
    case 'dynamodb:Query':
      return latenciesMs['DynamoDB, read'];
    case 'dynamodb:TransactWriteItems':
      return latenciesMs['DynamoDB, transaction'];
    default:
      return latenciesMs['DynamoDB, write of one item'];
  }
};

/** The latency of a request. Credentials of warm functions are cached, so a request for them takes no time. */
export const latencyOf = (service: Service, request: TableRequest | undefined): number => {
  if (request !== undefined) return tableLatencyOf(request);
  switch (service) {
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
