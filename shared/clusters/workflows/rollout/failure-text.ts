import type { RolloutResult } from '#events/records/rollout.ts';
import { rollbackRequested } from '#shared/clusters/model/rollout.ts';

import { type RolloutFailure, toSentence } from './rollout-state.ts';

/** The phase in which a rollout failed: the one before its rollback. */
const findFailedPhase = ({ phases }: Pick<RolloutResult, 'phases'>) =>
  phases.findLast(({ name }) => name !== 'RollingBack')?.name;

const verbs: Readonly<Partial<Record<RolloutResult['phase'], string>>> = {
  Starting: 'did not start',
  Verifying: 'was not stable',
};

/**
 * The sentence that says what failed, why and where, such as `Revision 3 did not start (ErrImagePull): no such image.`
 *
 * @param what What the rollout has started: `Revision 3`.
 */
export const describeFailure = (
  { reason, message }: RolloutFailure,
  rollout: Pick<RolloutResult, 'phases'>,
  what: string,
): string => {
  const verb = reason === rollbackRequested ? 'was ended' : verbs[findFailedPhase(rollout) ?? 'Checking'];
  // What fails in an earlier phase names itself.
  return toSentence(
    verb === undefined ? message : `${what} ${verb}${reason === undefined ? '' : ` (${reason})`}: ${message}`,
  );
};
