import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { useFact } from '../../api/clusters/logs.ts';
import type { Cluster, Operation } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { TextRegion } from '../../components/text-region.tsx';
import { findRootCause, type JobException, parseExceptions } from '../../model/jobs/exceptions.ts';
import { describeMissing } from '../../model/jobs/missing-log.ts';
import { formatTime } from '../../model/time.ts';
import { LogSource } from './log-source.tsx';

interface ExceptionsViewProps {
  readonly cluster: Cluster;
  /** The deploy of the incarnation, as far as it is known. */
  readonly operation: Operation | undefined;
  readonly incarnation: string | undefined;
  readonly isLive: boolean;
}

/** What failed the jobs of an incarnation, newest first. */
export const ExceptionsView = ({ cluster, operation, incarnation, isLive }: ExceptionsViewProps) => {
  const file = { file: 'exceptions', ...(incarnation === undefined ? {} : { incarnation }) } as const;
  const query = useFact(cluster, file, { live: isLive });
  const missing = describeMissing(query.error, { cluster, operation });
  if (missing !== undefined) return <EmptyState title={missing.title}>{missing.text}</EmptyState>;
  return (
    <QueryState query={query}>
      {({ content, ...answer }) => {
        const exceptions = parseExceptions(content);
        return (
          <SpaceBetween size="s">
            <LogSource what="Exceptions" answer={answer} />
            {exceptions.length === 0 ? (
              <EmptyState title="No exceptions">No job of this incarnation has failed.</EmptyState>
            ) : null}
            {exceptions.map((exception, index) => (
              <Exception
                key={`${exception.jobId} ${exception.at} ${index}`}
                exception={exception}
                isFirst={index === 0}
              />
            ))}
          </SpaceBetween>
        );
      }}
    </QueryState>
  );
};

const Exception = ({ exception, isFirst }: { readonly exception: JobException; readonly isFirst: boolean }) => {
  const { jobId, at, stackTrace, task, taskManager } = exception;
  const place = [
    task === undefined ? '' : `Task ${task}`,
    taskManager === undefined ? '' : `TaskManager ${taskManager}`,
  ];
  return (
    <ExpandableSection
      defaultExpanded={isFirst}
      headerText={findRootCause(stackTrace) || exception.name}
      headerDescription={[at === undefined ? '' : formatTime(at), `Job ${jobId}`, ...place].filter(Boolean).join(', ')}
    >
      <TextRegion label="Stack trace" maxHeight="50vh">
        {stackTrace}
      </TextRegion>
    </ExpandableSection>
  );
};
