import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { UseQueryResult } from '@tanstack/react-query';

import { clusterStates } from '#events/records/cluster-states.ts';

import { DeployButton } from '../../actions/deploy-button.tsx';
import type { Pages } from '../../api/client/pages.ts';
import type { Cluster, QueueView, Target } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clustersPath } from '../../app/paths.ts';
import { QueryState } from '../../components/query-state.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { UsageBars } from '../../components/usage-bars.tsx';
import { endedStates } from '../../model/states.ts';

interface TargetContainerProps {
  readonly target: Target;
  readonly clusters: UseQueryResult<Pages<Cluster>>;
  readonly queue: UseQueryResult<QueueView>;
}

/** A target: clusters by state, and what is used of each limit. */
export const TargetContainer = ({ target, clusters, queue }: TargetContainerProps) => (
  <Container
    header={
      <Header
        variant="h2"
        description={`EKS cluster ${target.cluster}, namespace ${target.namespace}, ${target.region}`}
        actions={<DeployButton target={target.name} />}
        info={queue.data?.paused === undefined ? undefined : <StatusIndicator type="warning">paused</StatusIndicator>}
      >
        <ViewLink href={clustersPath(target.name)} fontSize="heading-m">
          {target.name}
        </ViewLink>
      </Header>
    }
  >
    <SpaceBetween size="m">
      <QueryState query={clusters}>
        {({ items, hasMore }) => <StateCounts target={target.name} clusters={items} hasMore={hasMore} />}
      </QueryState>
      <QueryState query={queue}>{({ limits, usage }) => <UsageBars limits={limits} usage={usage} />}</QueryState>
    </SpaceBetween>
  </Container>
);

interface StateCountsProps {
  readonly target: string;
  readonly clusters: readonly Cluster[];
  readonly hasMore: boolean;
}

const StateCounts = ({ target, clusters, hasMore }: StateCountsProps) => {
  const counts = Map.groupBy(clusters, ({ state }) => state);
  const states = clusterStates.filter((state) => counts.has(state));
  if (states.length === 0) return <Box color="text-body-secondary">No clusters</Box>;
  return (
    <SpaceBetween direction="horizontal" size="l">
      {states.map((state) => {
        const show = endedStates.includes(state) ? '&show=ended' : '';
        return (
          <span key={state}>
            <StateBadge kind="cluster" state={state} />{' '}
            <ViewLink
              href={`${clustersPath(target)}?state=${state}${show}`}
              ariaLabel={`${counts.get(state)?.length} ${state} clusters of ${target}`}
            >
              {counts.get(state)?.length}
            </ViewLink>
          </span>
        );
      })}
      {hasMore ? <Box color="text-body-secondary">of the first {clusters.length}</Box> : null}
    </SpaceBetween>
  );
};
