/** The state that the rollout machine passes from step to step. */
export interface RolloutState {
  readonly operationId: string;
}
