import type { Context } from '#cli/context.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';

/** Where `drey apply` applies a resource of the Flink Kubernetes Operator, and how it reports the result. */
export interface Destination {
  readonly target: string;
  readonly wait: boolean;
  /** The options of the command line about rollouts, which take precedence over the resource. */
  readonly rollout: RequestFields;
  readonly printJson: Context['printJson'];
}
