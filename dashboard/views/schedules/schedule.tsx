import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';

import { describeScheduleAction } from '#events/schedule-text.ts';

import { useRuns, useSchedule } from '../../api/schedules.ts';
import type { Schedule, ScheduleRun } from '../../api/types.ts';
import { toPath } from '../../app/paths.ts';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { isNotFound, NotThere } from '../../components/not-there.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { Time, useNowMs } from '../../components/time.tsx';
import { listNextRuns } from '../../model/schedules/schedules.ts';
import { formatInZone } from '../../model/time.ts';
import { ScheduleActions, ScheduleDialog, type ScheduleDialogProps } from './dialogs.tsx';
import { RunTable } from './run-table.tsx';
import { EnabledBadge } from './columns.tsx';

/** How many runs are read at once. */
const step = 10;

/** A schedule: what it does, when it runs next, and what its runs did. */
export const Component = () => {
  const target = useTargetName();
  const { name = '' } = useParams();
  const query = useSchedule({ target, name });
  const [maxRuns, setMaxRuns] = useState(step);
  const runs = useRuns({ target, name }, maxRuns);
  const [dialog, setDialog] = useState<ScheduleDialogProps['dialog']>();
  const navigate = useNavigate();
  const listPath = toPath('/targets/:target/schedules', { target });
  if (query.data === undefined && isNotFound(query.error))
    return (
      <NotThere
        title={`No schedule ${name}`}
        error={query.error}
        list={{ text: `Schedules of ${target}`, href: listPath }}
      />
    );
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={`Schedule of target ${target}`}
          actions={<ScheduleActions schedule={query.data} onChoose={setDialog} />}
        >
          {name}
        </Header>
      }
    >
      <SpaceBetween size="l">
        <QueryState query={query}>{(found) => <Facts schedule={found} lastRun={runs.data?.items[0]} />}</QueryState>
        <QueryState query={runs}>
          {({ items, hasMore }) => (
            <SpaceBetween size="m">
              <RunTable target={target} runs={items} />
              {hasMore ? (
                <Button onClick={() => setMaxRuns((count) => count + step)}>Load {step} more runs</Button>
              ) : null}
            </SpaceBetween>
          )}
        </QueryState>
        <CommandLine words={['schedule', 'describe', name, '--at', target]} />
      </SpaceBetween>
      <ScheduleDialog dialog={dialog} onClose={() => setDialog(undefined)} onDeleted={() => void navigate(listPath)} />
    </ContentLayout>
  );
};

interface FactsProps {
  readonly schedule: Schedule;
  readonly lastRun: ScheduleRun | undefined;
}

const shownRuns = 3;

const Facts = ({ schedule, lastRun }: FactsProps) => {
  const { definition, updatedAt, updatedBy } = schedule;
  const nowMs = useNowMs(30_000);
  const next = listNextRuns(schedule, { afterMs: nowMs, max: shownRuns }, lastRun);
  return (
    <Container header={<Header variant="h2">Definition</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'State', value: <EnabledBadge enabled={definition.enabled} /> },
          { label: 'Action', value: describeScheduleAction(definition) },
          { label: 'Expression', value: `${definition.expression} in ${definition.timezone}` },
          {
            label: 'Next runs',
            value:
              next.length === 0
                ? 'None'
                : next.map((time) => (
                    <div key={time}>
                      <Time value={new Date(time).toISOString()} />
                      <Box color="text-body-secondary" fontSize="body-s">
                        {formatInZone(time, definition.timezone)}
                      </Box>
                    </div>
                  )),
          },
          { label: 'Changed', value: <Time value={updatedAt} /> },
          { label: 'Changed by', value: updatedBy },
        ]}
      />
    </Container>
  );
};
