import type { Credentials } from './operations.ts';

/** What Lambda gives a function: its Region, the credentials of its role, and the trace of the invocation. */
export const readRegion = (): string => read('AWS_REGION') ?? read('AWS_DEFAULT_REGION') ?? missing('AWS_REGION');

/** @throws Error that names a missing variable. */
export const readCredentials = (): Credentials => {
  const sessionToken = read('AWS_SESSION_TOKEN');
  return {
    accessKeyId: read('AWS_ACCESS_KEY_ID') ?? missing('AWS_ACCESS_KEY_ID'),
    secretAccessKey: read('AWS_SECRET_ACCESS_KEY') ?? missing('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
};

/** The endpoint of a service in place of that of AWS. Undefined on AWS. */
export const readEndpoint = (variable: string): string | undefined =>
  read(`AWS_ENDPOINT_URL_${variable}`) ?? read('AWS_ENDPOINT_URL');

/** X-Ray follows requests by it, and Lambda finds functions that invoke each other forever. */
export const readTraceId = (): string | undefined => read('_X_AMZN_TRACE_ID');

const read = (name: string): string | undefined => process.env[name] || undefined;

const missing = (name: string): never => {
  throw new Error(`The environment variable ${name} is missing.`);
};
