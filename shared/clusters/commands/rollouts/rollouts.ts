import type { CommandKind } from '#events/commands/index.ts';
import type { RolloutKind } from '#events/records/rollout.ts';
import { Fault } from '#events/problems/problem.ts';
import type { UseCase } from '#shared/clusters/commands/use-case.ts';

/** The use case of a command that the state machine `rollout` executes. */
const newRolloutUseCase = <K extends RolloutKind & CommandKind>(kind: K): UseCase<K> => ({
  async record() {
    throw new Fault('wrong-state', `Rollouts are not built yet: ${kind}.`);
  },

  async advance({ value }, _command, { workflows }) {
    await workflows.start('rollout', value);
    return value;
  },
});

export const apply = newRolloutUseCase('apply');
export const rollback = newRolloutUseCase('rollback');
export const restart = newRolloutUseCase('restart');
export const suspend = newRolloutUseCase('suspend');
export const resume = newRolloutUseCase('resume');
