import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type QueryClient, useQueries } from '@tanstack/react-query';

import { clusterStates } from '#events/records/cluster-states.ts';

import { clustersQuery } from '../../api/clusters/clusters.ts';
import { queueQuery } from '../../api/operations/queue.ts';
import { targetsQuery, useTargets } from '../../api/targets.ts';
import type { Target } from '../../api/types.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { liveStates } from '../../model/states.ts';
import { AttentionTable } from './attention-table.tsx';
import { EventTable } from './event-table.tsx';
import { QueuedTable } from './queued-table.tsx';
import { TargetContainer } from './target-container.tsx';

/** The live clusters, and those that FAILED. */
const shownStates = clusterStates.filter((state) => state === 'FAILED' || liveStates.includes(state)).join(',');
const maxClusters = 1_000;

const toClustersQuery = ({ name }: Target) => clustersQuery(name, { state: shownStates, maxClusters });
const toQueueQuery = ({ name }: Target) => queueQuery(name);

/** Asks for what the view shows, while the frame is rendered. The view asks again for what has failed. */
export const prefetch = async (client: QueryClient): Promise<void> => {
  const targets = await client.fetchQuery(targetsQuery).catch(() => []);
  await Promise.all(
    targets.flatMap((target) => [
      client.prefetchQuery(toClustersQuery(target)),
      client.prefetchQuery(toQueueQuery(target)),
    ]),
  );
};

/** All targets: what needs attention, what they hold of their limits, and what waits. */
export const Component = () => {
  const targets = useTargets();
  return (
    <ContentLayout header={<Header variant="h1">Overview</Header>}>
      <QueryState query={targets}>
        {(items) =>
          items.length === 0 ? (
            <EmptyState title="No targets">
              <CommandLine words={['targets', 'put', 'NAME', 'target.json']} />
            </EmptyState>
          ) : (
            <Targets targets={items} />
          )
        }
      </QueryState>
    </ContentLayout>
  );
};

const Targets = ({ targets }: { readonly targets: readonly Target[] }) => {
  const clusters = useQueries({ queries: targets.map(toClustersQuery) });
  const queues = useQueries({ queries: targets.map(toQueueQuery) });
  const isLoading = clusters.some(({ isPending }) => isPending);
  const found = clusters.flatMap(({ data }) => data?.items ?? []);
  return (
    <SpaceBetween size="l">
      <AttentionTable clusters={found} isLoading={isLoading} />
      {targets.map((target, index) => {
        const [clusterList, queue] = [clusters[index], queues[index]];
        return clusterList === undefined || queue === undefined ? null : (
          <TargetContainer key={target.name} target={target} clusters={clusterList} queue={queue} />
        );
      })}
      <QueuedTable queues={queues.flatMap(({ data }) => data ?? [])} isLoading={queues.some((one) => one.isPending)} />
      <EventTable clusters={found} isLoading={isLoading} />
    </SpaceBetween>
  );
};
