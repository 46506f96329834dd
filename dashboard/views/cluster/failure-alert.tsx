import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { DeployAgainButton } from '../../actions/deploy-button.tsx';
import { useJobs } from '../../api/clusters/cluster.ts';
import { clusterTabPath } from '../../app/paths.ts';
import { ViewLink } from '../../app/links.tsx';
import { Message } from '../../components/message.tsx';
import { findFailure } from '../../model/clusters/failure.ts';
import type { TabProps } from './tab-props.ts';

/** Why the cluster or a job of it failed, and where to read on. Nothing, when nothing failed. */
export const FailureAlert = ({ cluster, operation }: TabProps) => {
  const { target, clusterId, state } = cluster;
  const { data } = useJobs({ target, clusterId });
  const jobs = (data?.jobs ?? []).filter(({ clusterOperationId }) => clusterOperationId === cluster.operationId);
  const failure = findFailure(cluster, jobs, operation);
  if (failure === undefined) return null;
  const { title, reason, message, wayOut, hasLog, hasExceptions } = failure;
  const link = (text: string, parameters: Parameters<typeof clusterTabPath>[2]) => (
    <ViewLink href={clusterTabPath(target, clusterId, parameters)}>{text}</ViewLink>
  );
  return (
    <Alert
      type={state === 'FAILED' ? 'error' : 'warning'}
      header={title}
      action={state === 'FAILED' ? <DeployAgainButton cluster={cluster} /> : undefined}
    >
      <SpaceBetween size="xs">
        {reason === undefined ? null : <strong>{reason}</strong>}
        <div style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          <Message text={firstLines(message)} />
        </div>
        <div>
          <Message text={wayOut} />
        </div>
        <SpaceBetween direction="horizontal" size="l">
          {hasLog ? link('Log of the JobManager', { tab: 'logs' }) : null}
          {hasExceptions ? link('Exceptions of the jobs', { tab: 'logs', log: 'exceptions' }) : null}
          {link('Events', { tab: 'events' })}
        </SpaceBetween>
      </SpaceBetween>
    </Alert>
  );
};

/** A stack trace has more, and the exceptions show it whole. */
const maxMessageLines = 12;

const firstLines = (message: string): string => {
  const lines = message.split('\n');
  return lines.length <= maxMessageLines ? message : `${lines.slice(0, maxMessageLines).join('\n')}\n…`;
};
