import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import type { Condition } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { operationPath } from '../../app/paths.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Time } from '../../components/time.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { RolloutContainer } from './rollout-container.tsx';
import type { TabProps } from './tab-props.ts';
import { TimelineContainer } from './timeline-container.tsx';

/** Conditions, the phases of the incarnation, and the rollout in progress. */
export const OverviewTab = ({ cluster, operation }: TabProps) => (
  <SpaceBetween size="l">
    {cluster.rollout === undefined && cluster.nextRollout === undefined ? null : <RolloutContainer cluster={cluster} />}
    <Conditions conditions={cluster.conditions} />
    <ColumnLayout columns={2}>
      <TimelineContainer cluster={cluster} operation={operation} />
      <Facts cluster={cluster} operation={operation} />
    </ColumnLayout>
    <CommandLine words={['describe', cluster.clusterId, '--at', cluster.target]} />
  </SpaceBetween>
);

const Facts = ({ cluster }: TabProps) => {
  const { target, operationId, stopOperationId, labels, taskManagers, lifetime, snapshots, snapshot } = cluster;
  const operation = (id: string) => <ViewLink href={operationPath(target, id)}>{id}</ViewLink>;
  const labelText = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const items = [
    { label: 'Deploy operation', value: operation(operationId) },
    ...(stopOperationId === undefined ? [] : [{ label: 'Stop operation', value: operation(stopOperationId) }]),
    { label: 'Created', value: <Time value={cluster.createdAt} /> },
    { label: 'Last change', value: <Time value={cluster.updatedAt} /> },
    { label: 'Labels', value: labelText.join(', ') || '–' },
    {
      label: 'TaskManagers',
      value:
        taskManagers === undefined
          ? '–'
          : `${taskManagers.slots}\u00A0${taskManagers.slots === 1 ? 'slot' : 'slots'}, ${taskManagers.cpu}\u00A0CPU and ${taskManagers.memoryMebibytes}\u00A0MiB each; parallelism ${taskManagers.parallelism}`,
    },
    {
      label: 'Idle stop',
      value: lifetime?.idleAfter === undefined ? 'none' : `after ${lifetime.idleAfter} without a job`,
    },
    {
      label: 'Snapshot policy',
      value: snapshots === undefined ? 'none' : `every ${snapshots.every}, the last ${snapshots.keep} are kept`,
    },
    ...(snapshot === undefined ? [] : [{ label: `Starts again from ${snapshot.kind}`, value: snapshot.path }]),
    { label: 'Checkpoints', value: cluster.checkpointDirectory ?? 'no directory' },
    { label: 'High availability', value: cluster.highAvailabilityDirectory ?? 'none' },
  ];
  return (
    <Container header={<Header variant="h2">Facts</Header>}>
      <KeyValuePairs columns={1} items={items} />
    </Container>
  );
};

/** `True` of these is what a reader hopes for. */
const statusTypes = { True: 'success', False: 'error', Unknown: 'pending' } as const;

const look = ({ type, status }: Condition) =>
  type === 'Progressing' ? (status === 'True' ? 'in-progress' : 'stopped') : statusTypes[status];

const Conditions = ({ conditions }: { readonly conditions: readonly Condition[] }) => (
  <Table
    header={<Header variant="h2">Conditions</Header>}
    items={conditions}
    trackBy="type"
    wrapLines
    empty={<EmptyState title="No conditions">Drey has not observed the cluster yet.</EmptyState>}
    columnDefinitions={useStackedColumns<Condition>([
      { id: 'type', header: 'Condition', cell: ({ type }) => type, isRowHeader: true },
      {
        id: 'status',
        header: 'Status',
        minWidth: 120,
        cell: (condition) => (
          <StatusIndicator type={look(condition)} wrapText={false}>
            {condition.status}
          </StatusIndicator>
        ),
      },
      { id: 'reason', header: 'Reason', minWidth: 140, cell: ({ reason }) => reason },
      { id: 'message', header: 'Message', minWidth: 200, cell: ({ message }) => message || '–' },
      { id: 'since', header: 'Since', minWidth: 200, cell: ({ since }) => <Time value={since} /> },
    ])}
  />
);
