import type * as z from 'zod';

/** A route of the HTTP API. */
export interface Call {
  /** The Lambda function of the route, as serverless.yml names it. */
  readonly function: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Of the answer. JSON by default. */
  readonly mediaType?: string;
  readonly status: number;
}
