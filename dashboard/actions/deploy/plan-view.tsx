import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';

import { describePointer } from '../../api/client/problem.ts';
import type { PlannedSpec } from '../../api/operations/deploys.ts';
import { useQueue } from '../../api/operations/queue.ts';
import type { Plan } from '../../api/types.ts';
import { Message } from '../../components/message.tsx';
import { describeClass, describeState, listObjects } from '../../model/specs/plan.ts';
import { findFullLimit, measureUsage } from '../../model/clusters/usage.ts';

interface PlanViewProps {
  readonly target: string;
  readonly planned: PlannedSpec;
}

const dryRuns: Readonly<Record<Plan['dryRun'], { readonly type: StatusIndicatorProps.Type; readonly text: string }>> = {
  passed: { type: 'success', text: 'The API server accepts the objects' },
  refused: { type: 'error', text: 'The API server refuses the objects' },
  'not-tried': { type: 'info', text: 'The API server was not asked' },
};

/** What a deploy or an apply would do. Nothing is changed yet. */
export const PlanView = ({ target, planned: { plan, isLive } }: PlanViewProps) => {
  const { clusterId, warnings, errors, dryRun, changes, objects } = plan;
  return (
    <Container
      header={
        <Header variant="h2" description="Nothing is changed yet.">
          Plan of {clusterId}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {warnings.map((warning) => (
          <Alert key={warning} type="warning">
            <Message text={warning} />
          </Alert>
        ))}
        {errors.map(({ pointer, detail }) => (
          <Alert key={pointer + detail} type="error">
            {describePointer(pointer)}: {detail}
          </Alert>
        ))}
        <KeyValuePairs
          columns={3}
          items={[
            { label: 'Effect', value: isLive ? describeClass(changes) : 'Starts a new cluster' },
            { label: 'State', value: describeState(plan.state) },
            {
              label: 'Dry run',
              value: <StatusIndicator type={dryRuns[dryRun].type}>{dryRuns[dryRun].text}</StatusIndicator>,
            },
          ]}
        />
        <Admission target={target} isNew={!isLive} />
        {changes === undefined || changes.unchanged ? null : <ChangesTable changes={changes} />}
        <ExpandableSection headerText={`${objects.length} Kubernetes objects`}>
          <ul>
            {listObjects(objects).map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </ExpandableSection>
        <ConfigTable config={plan.config} />
      </SpaceBetween>
    </Container>
  );
};

/** Whether a start has to wait, as far as the queue tells. */
const Admission = ({ target, isNew }: { readonly target: string; readonly isNew: boolean }) => {
  const { data: queue } = useQueue(target);
  if (queue === undefined) return null;
  const { paused, length, limits, usage } = queue;
  const limited = measureUsage(limits, usage).filter(({ limit }) => limit !== undefined);
  const full = isNew ? findFullLimit(limited) : undefined;
  return (
    <SpaceBetween size="xs">
      {paused === undefined ? null : (
        <Alert type="warning">Starts on target {target} are paused. The deploy waits until the queue is resumed.</Alert>
      )}
      {full === undefined ? null : (
        <Alert type="warning">
          This deploy will wait in the queue{length === 0 ? '' : `, behind ${countCommands(length)}`}: {full}.
        </Alert>
      )}
      {length === 0 || full !== undefined ? null : (
        <Alert type="info">
          {countCommands(length)} {length === 1 ? 'waits' : 'wait'} in the queue of the target.
        </Alert>
      )}
      {limited.length === 0 ? null : (
        <KeyValuePairs
          columns={4}
          items={limited.map(({ name, used, limit, unit = '' }) => ({
            label: `${name} in use`,
            value: `${used} of ${limit} ${unit}`,
          }))}
        />
      )}
    </SpaceBetween>
  );
};

const countCommands = (length: number): string => (length === 1 ? '1 command' : `${length} commands`);

const ChangesTable = ({ changes }: { readonly changes: NonNullable<Plan['changes']> }) => (
  <Table
    variant="embedded"
    header={
      <Header variant="h3" counter={`(${changes.changes.length})`}>
        Changes of revision {changes.revision}
      </Header>
    }
    items={changes.changes}
    trackBy="pointer"
    wrapLines
    columnDefinitions={[
      { id: 'pointer', header: 'Member', minWidth: 200, cell: ({ pointer }) => pointer, isRowHeader: true },
      { id: 'old', header: 'Now', minWidth: 160, cell: ({ old }) => <Value value={old} /> },
      { id: 'new', header: 'Then', minWidth: 160, cell: (change) => <Value value={change.new} /> },
      { id: 'from', header: 'From', minWidth: 100, cell: ({ from }) => from },
    ]}
  />
);

const Value = ({ value }: { readonly value: unknown }) =>
  value === undefined ? '–' : <Box variant="code">{typeof value === 'string' ? value : JSON.stringify(value)}</Box>;

const ConfigTable = ({ config }: Pick<Plan, 'config'>) => {
  const rows = Object.entries(config).map(([key, { value, from }]) => ({ key, value, from }));
  return (
    <ExpandableSection headerText={`Complete configuration: ${rows.length} options`}>
      <Table
        variant="embedded"
        ariaLabels={{ tableLabel: 'Complete configuration' }}
        items={rows}
        trackBy="key"
        wrapLines
        columnDefinitions={[
          { id: 'key', header: 'Option', minWidth: 260, cell: ({ key }) => key, isRowHeader: true },
          { id: 'value', header: 'Value', minWidth: 200, cell: ({ value }) => String(value) },
          { id: 'from', header: 'From', minWidth: 100, cell: ({ from }) => from },
        ]}
      />
    </ExpandableSection>
  );
};
