import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Steps from '@cloudscape-design/components/steps';

import { useTransitions } from '../../api/clusters/cluster.ts';
import { QueryState } from '../../components/query-state.tsx';
import { Time } from '../../components/time.tsx';
import { formatDuration } from '../../model/time.ts';
import { type TimelineStep, toTimeline } from '../../model/clusters/timeline.ts';
import type { TabProps } from './tab-props.ts';

/** More changes of state than an incarnation has. */
const count = 500;

/** What the incarnation went through, with the times. */
export const TimelineContainer = ({ cluster, operation }: TabProps) => (
  <Container header={<Header variant="h2">Phases</Header>}>
    <QueryState query={useTransitions(cluster, { sequence: cluster.sequence, count })}>
      {(transitions) => <Timeline steps={toTimeline(cluster, transitions, operation)} />}
    </QueryState>
  </Container>
);

const Timeline = ({ steps }: { readonly steps: readonly TimelineStep[] }) => (
  <Steps
    ariaLabel="Phases of the cluster"
    steps={steps.map(({ name, status, at, detail }, index) => ({
      status,
      statusIconAriaLabel: status,
      header: name,
      details: (
        <Box color="text-body-secondary" fontSize="body-s">
          {at === undefined ? 'not yet' : <Time value={at} />}
          {describePause(steps[index - 1]?.at, at)}
          {detail === undefined ? null : <div style={{ overflowWrap: 'anywhere' }}>{detail}</div>}
        </Box>
      ),
    }))}
  />
);

/** How long the step before took. */
const describePause = (before: string | undefined, at: string | undefined): string => {
  if (before === undefined || at === undefined || Date.parse(at) < Date.parse(before)) return '';
  return `, after ${formatDuration(Date.parse(at) - Date.parse(before))}`;
};
