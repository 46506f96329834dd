import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';

import { toApiError } from '../../api/client/problem.ts';
import { readWholeLog, useLog } from '../../api/clusters/logs.ts';
import type { Cluster, Operation } from '../../api/types.ts';
import { downloadText } from '../../app/download.ts';
import { useNotifications } from '../../app/notifications.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { describeMissing } from '../../model/jobs/missing-log.ts';
import { type LogSelection, toLogQuery } from '../../model/jobs/log-selection.ts';
import { LogSource } from './log-source.tsx';
import { LogView } from './log-view.tsx';

interface LogReaderProps {
  readonly cluster: Cluster;
  /** The deploy of the incarnation, as far as it is known. */
  readonly operation: Operation | undefined;
  readonly selection: LogSelection;
  readonly isLive: boolean;
  readonly lines: number;
  readonly onSelect: (changes: Partial<LogSelection>) => void;
}

/** The last lines of a log, followed while the cluster is live. */
export const LogReader = ({ cluster, operation, selection, isLive, lines, onSelect }: LogReaderProps) => {
  const [isFollowed, setFollowed] = useState(true);
  const follow = isLive && isFollowed && !selection.isPrevious;
  const query = useLog(cluster, toLogQuery(selection, lines), { follow });
  const missing = describeMissing(query.error, { cluster, operation, isPrevious: selection.isPrevious });
  return (
    <SpaceBetween size="s">
      <SpaceBetween direction="horizontal" size="m" alignItems="center">
        {isLive ? (
          <Toggle
            checked={follow}
            disabled={selection.isPrevious}
            onChange={({ detail }) => setFollowed(detail.checked)}
          >
            Follow
          </Toggle>
        ) : null}
        <Button
          iconName="refresh"
          ariaLabel="Read the log again"
          loading={query.isFetching && !follow}
          onClick={() => void query.refetch()}
        />
        <Checkbox checked={selection.isPrevious} onChange={({ detail }) => onSelect({ isPrevious: detail.checked })}>
          Container before its last restart
        </Checkbox>
        <DownloadButton cluster={cluster} selection={selection} hasLog={Boolean(query.data?.log)} />
      </SpaceBetween>
      {missing === undefined ? (
        <QueryState query={query}>
          {(answer) => (
            <SpaceBetween size="xs">
              <LogSource what="Lines" answer={answer} shown={lines} />
              {answer.log === '' ? (
                <EmptyState title={selection.search === '' ? 'The log is empty' : 'No line has this text'} />
              ) : (
                <LogView log={answer.log} search={selection.search} />
              )}
            </SpaceBetween>
          )}
        </QueryState>
      ) : (
        <EmptyState title={missing.title}>{missing.text}</EmptyState>
      )}
    </SpaceBetween>
  );
};

interface DownloadButtonProps extends Pick<LogReaderProps, 'cluster' | 'selection'> {
  readonly hasLog: boolean;
}

const DownloadButton = ({ cluster, selection, hasLog }: DownloadButtonProps) => {
  const { notify } = useNotifications();
  const [isLoading, setLoading] = useState(false);
  const download = async () => {
    setLoading(true);
    try {
      const { log, pod } = await readWholeLog(cluster, toLogQuery(selection, 1));
      downloadText(`${pod ?? `${cluster.clusterId}-${selection.source}`}.log`, log);
    } catch (error) {
      notify({ type: 'error', header: 'The log was not read', content: toApiError(error).message });
    } finally {
      setLoading(false);
    }
  };
  return (
    <Button iconName="download" disabled={!hasLog} loading={isLoading} onClick={() => void download()}>
      Download
    </Button>
  );
};
