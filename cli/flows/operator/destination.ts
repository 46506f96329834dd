import type { Context } from '#cli/context.ts';

/** Where `drey apply` applies a resource of the Flink Kubernetes Operator, and how it reports the result. */
export interface Destination {
  readonly target: string;
  readonly wait: boolean;
  readonly printJson: Context['printJson'];
}
