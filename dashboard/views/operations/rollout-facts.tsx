import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';

import type { Operation } from '../../api/types.ts';
import { Time } from '../../components/time.tsx';
import { describeRollout } from '../../model/operations/rollouts.ts';

interface RolloutFactsProps {
  readonly rollout: NonNullable<Operation['rollout']>;
}

/** What a rollout changed, and what became of the state. */
export const RolloutFacts = ({ rollout }: RolloutFactsProps) => (
  <Container header={<Header variant="h2">Rollout</Header>}>
    <KeyValuePairs
      columns={3}
      items={[
        ...describeRollout(rollout).map(({ label, value }) => ({ label, value })),
        ...(rollout.snapshot === undefined
          ? []
          : [{ label: 'Snapshot recorded', value: <Time value={rollout.snapshot.at} /> }]),
      ]}
    />
  </Container>
);
