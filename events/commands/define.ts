import type * as z from 'zod';

/** The Step Functions state machines, as `infra/state-machines` defines them. */
export type WorkflowName = 'startup' | 'submission' | 'cleanup' | 'snapshot' | 'rollout' | 'rescaling';

export interface CommandDefinition {
  readonly kind: string;
  /** The Lambda function that answers the route. Commands may share one. */
  readonly function: string;
  /** The state machine that carries the command out. A command without one ends in its own function or message. */
  readonly workflow?: WorkflowName;
  /** Method and path of its HTTP call. Path parameters other than target and cluster id are members of its data. */
  readonly route: `${'POST' | 'PUT'} /v1/${string}`;
  readonly summary: string;
  readonly data: z.ZodObject;
}

/** Keeps the literal types of the definition: the names of functions and workflows are checked by them. */
export const defineCommand = <const D extends CommandDefinition>(definition: D): D => definition;
