import { readEndpoint } from './environment.ts';

/** The services by their prefixes in IAM, and what their endpoint variables end with. */
const endpointVariables = {
  dynamodb: 'DYNAMODB',
  eks: 'EKS',
  events: 'EVENTBRIDGE',
  s3: 'S3',
  scheduler: 'SCHEDULER',
  sqs: 'SQS',
  states: 'SFN',
  sts: 'STS',
} as const;
export type Service = keyof typeof endpointVariables;

/** What the host names of a Region end with. Other partitions than these are not supported (`infra/partitions.ts`). */
export const toDnsSuffix = (region: string): string => {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
};

export const toEndpoint = (service: Service, region: string): URL =>
  new URL(readEndpoint(endpointVariables[service]) ?? `https://${service}.${region}.${toDnsSuffix(region)}`);

/** Where a bucket is. Emulators know it by the path, S3 itself by the host. */
export const toBucketEndpoint = (bucket: string, region: string): URL => {
  const given = readEndpoint(endpointVariables.s3);
  return given === undefined && !bucket.includes('.')
    ? new URL(`https://${bucket}.s3.${region}.${toDnsSuffix(region)}`)
    : new URL(`/${bucket}`, toEndpoint('s3', region));
};
