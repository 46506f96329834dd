import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { useSchedules } from '../../api/schedules.ts';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { ComingRuns } from './coming-runs.tsx';
import { ScheduleTable } from './schedule-table.tsx';

/** The schedules of a target, and when they run next. */
export const Component = () => {
  const target = useTargetName();
  const { data, error, isPending, refetch } = useSchedules(target);
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={`Schedules of target ${target}`}>
          Schedules
        </Header>
      }
    >
      <SpaceBetween size="l">
        {error === null ? null : <ProblemAlert error={error} onRetry={() => void refetch()} />}
        <ScheduleTable target={target} schedules={data ?? []} isLoading={isPending} hasFailed={error !== null} />
        {data === undefined || data.length === 0 ? null : <ComingRuns schedules={data} />}
        <CommandLine words={['schedule', 'list', '--at', target]} />
      </SpaceBetween>
    </ContentLayout>
  );
};
