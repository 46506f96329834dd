import type * as z from 'zod';

export interface CommandDefinition<K extends string, S extends z.ZodType> {
  readonly kind: K;
  /** The function behind the route, where it is not named after the kind. */
  readonly function?: string;
  /** Method and path of its HTTP call. Path parameters that are not the place are members of its data. */
  readonly route: `POST /v1/${string}`;
  readonly summary: string;
  readonly data: S;
}

export const defineCommand = <const K extends string, S extends z.ZodType>(definition: CommandDefinition<K, S>) =>
  definition;
