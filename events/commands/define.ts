import type * as z from 'zod';

export interface CommandDefinition<K extends string, S extends z.ZodType> {
  readonly kind: K;
  /** The Lambda function of the route, if its name differs from the kind. */
  readonly function?: string;
  /** Method and path of the HTTP call. Path parameters other than target and cluster are members of the data. */
  readonly route: `POST /v1/${string}`;
  readonly summary: string;
  readonly data: S;
}

export const defineCommand = <const K extends string, S extends z.ZodType>(definition: CommandDefinition<K, S>) =>
  definition;
