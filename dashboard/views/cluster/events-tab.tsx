import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useState } from 'react';

import { useTransitions } from '../../api/clusters/cluster.ts';
import type { Transition } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { StateBadge } from '../../components/state-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import type { TabProps } from './tab-props.ts';

const step = 100;

/** The changes of state of the cluster and its jobs, newest first. */
export const EventsTab = ({ cluster }: TabProps) => {
  const { target, clusterId, sequence } = cluster;
  const [count, setCount] = useState(step);
  const { data, error, isPending, refetch } = useTransitions(cluster, { sequence, count });
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
      <Table
        header={
          <Header variant="h2" counter={data && `(${data.length} of ${sequence})`} description="Newest first">
            Events
          </Header>
        }
        items={(data ?? []).toReversed()}
        trackBy="id"
        loading={isPending}
        loadingText="Loading events"
        wrapLines
        empty={<EmptyState title="No events" />}
        columnDefinitions={useStackedColumns<Transition>([
          { id: 'sequence', header: 'Number', width: 90, cell: (event) => event.sequence, isRowHeader: true },
          { id: 'at', header: 'Time', minWidth: 215, cell: ({ at }) => <Time value={at} /> },
          {
            id: 'subject',
            header: 'Object',
            minWidth: 140,
            cell: (event) => (event.subject === 'job' ? `Job ${event.name}` : 'Cluster'),
          },
          { id: 'from', header: 'From', minWidth: 130, cell: ({ from }) => from ?? '–' },
          {
            id: 'to',
            header: 'To',
            minWidth: 150,
            cell: ({ subject, to }) => <StateBadge kind={subject} state={to} />,
          },
          {
            id: 'message',
            header: 'Why',
            minWidth: 240,
            cell: ({ reason, message }) => [reason, message].filter(Boolean).join(': ') || '–',
          },
          {
            id: 'operation',
            header: 'Operation',
            minWidth: 180,
            cell: ({ operationId }) =>
              operationId === undefined ? (
                '–'
              ) : (
                <ViewLink href={operationPath(target, operationId)}>{operationId}</ViewLink>
              ),
          },
          { id: 'principal', header: 'By', minWidth: 180, cell: ({ principal }) => principal },
        ])}
      />
      {count < sequence ? <Button onClick={() => setCount((one) => one + step)}>Load {step} more</Button> : null}
      <CommandLine words={['events', clusterId, '--at', target]} />
    </SpaceBetween>
  );
};
