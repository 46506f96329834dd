import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';

import type { Operation } from '../../api/types.ts';
import { ViewLink } from '../../app/links.tsx';
import { clusterPath, operationPath } from '../../app/paths.ts';
import { Duration, Time } from '../../components/time.tsx';
import { isTerminalState } from '../../model/states.ts';

const origins: Readonly<Record<Operation['origin'], string>> = {
  http: 'http: a call of the API',
  queue: 'queue: a message of the command queue',
  schedule: 'schedule',
  reconciler: 'reconciler: Drey itself',
};

/** What an operation is, who gave it, and what came out. */
export const OperationFacts = ({ operation }: { readonly operation: Operation }) => {
  const { target, clusterId, kind, batchId, batchIndex, restoredFrom, savepoint, checkpoint } = operation;
  const isLive = !isTerminalState('operation', operation.state);
  return (
    <Container header={<Header variant="h2">Command</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Command', value: kind },
          {
            label: kind === 'batch' ? 'Name' : 'Cluster',
            value:
              kind === 'batch' ? clusterId : <ViewLink href={clusterPath(target, clusterId)}>{clusterId}</ViewLink>,
          },
          ...toItem('Job', operation.jobId),
          { label: 'Origin', value: origins[operation.origin] },
          { label: 'Principal', value: operation.principal },
          ...toItem('Redriven by', operation.redrivenBy),
          { label: 'Requested', value: <Time value={operation.createdAt} /> },
          ...(operation.startedAt === undefined ? [] : toItem('Admitted', <Time value={operation.startedAt} />)),
          { label: 'Last change', value: <Time value={operation.updatedAt} /> },
          {
            label: isLive ? 'Time so far' : 'Time',
            value: <Duration from={operation.createdAt} to={isLive ? undefined : operation.updatedAt} />,
          },
          ...(isLive ? toItem('Deadline', <Time value={operation.deadline} />) : []),
          ...toItem('Position in the queue', operation.position),
          ...(operation.verdict === operation.state ? [] : toItem('Verdict', operation.verdict)),
          ...toItem('Savepoint', savepoint),
          ...toItem('Checkpoint', checkpoint),
          ...toItem('Restored from', restoredFrom),
          ...toItem('Correlation ID', operation.correlationId),
          ...(batchId === undefined
            ? []
            : toItem(
                'Batch',
                <>
                  <ViewLink href={operationPath(target, batchId)}>{batchId}</ViewLink>
                  {batchIndex === undefined ? '' : `, item ${batchIndex}`}
                </>,
              )),
        ]}
      />
    </Container>
  );
};

/** Nothing when the value is not known. */
const toItem = (label: string, value: ReactNode): readonly { readonly label: string; readonly value: ReactNode }[] =>
  value === undefined ? [] : [{ label, value }];
