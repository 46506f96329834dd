import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Steps from '@cloudscape-design/components/steps';

import type { Cluster, RolloutProgress } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { Time } from '../../components/time.tsx';
import { rolloutNames } from '../../model/phases.ts';

/** How far the rollout of a cluster is, and which one waits. */
export const RolloutContainer = ({ cluster: { target, rollout, nextRollout } }: { readonly cluster: Cluster }) => (
  <Container header={<Header variant="h2">Rollout</Header>}>
    <SpaceBetween size="s">
      {rollout === undefined ? null : (
        <>
          <div>
            {describeRevisions(rollout)} Operation{' '}
            <ViewLink href={operationPath(target, rollout.operationId)}>{rollout.operationId}</ViewLink>
          </div>
          <Steps
            ariaLabel="Phases of the rollout"
            steps={rollout.phases.map(({ name, at }, index) => ({
              status: index === rollout.phases.length - 1 ? 'in-progress' : 'success',
              statusIconAriaLabel: index === rollout.phases.length - 1 ? 'in progress' : 'done',
              header: rolloutNames[name],
              details: <Time value={at} />,
            }))}
          />
        </>
      )}
      {nextRollout === undefined ? null : (
        <div>
          Next: {nextRollout.kind}, which waits since <Time value={nextRollout.at} />. Operation{' '}
          <ViewLink href={operationPath(target, nextRollout.operationId)}>{nextRollout.operationId}</ViewLink>
        </div>
      )}
    </SpaceBetween>
  </Container>
);

const describeRevisions = ({ kind, from, to }: RolloutProgress): string => {
  const revisions = [from === undefined ? '' : ` from revision ${from}`, to === undefined ? '' : ` to revision ${to}`];
  return `${kind}${revisions.join('')}.`;
};
