import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useState } from 'react';

import { useDeadLetters } from '../../api/operations/dead-letters.ts';
import { useLongQueue } from '../../api/operations/queue.ts';
import type { QueueView } from '../../api/types.ts';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { Time } from '../../components/time.tsx';
import { UsageBars } from '../../components/usage-bars.tsx';
import { DeadLetterTable } from './dead-letter-table.tsx';
import { PauseDialog } from './dialogs.tsx';
import { QueueTable } from './queue-table.tsx';
import { TeamTable } from './team-table.tsx';

/** How many queued commands are read at once. */
const step = 1_000;

/** The admission queue of a target, and the dead letters of the command queue. */
export const Component = () => {
  const target = useTargetName();
  const [maxQueued, setMaxQueued] = useState(step);
  const query = useLongQueue(target, maxQueued);
  const deadLetters = useDeadLetters();
  // What the reader asked for does not change when the queue does.
  const [dialog, setDialog] = useState<'pause' | 'resume'>();
  const isPaused = query.data?.paused !== undefined;
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={`Commands that wait for target ${target}`}
          actions={
            <Button disabled={query.data === undefined} onClick={() => setDialog(isPaused ? 'resume' : 'pause')}>
              {isPaused ? 'Resume' : 'Pause'}
            </Button>
          }
        >
          Queue
        </Header>
      }
    >
      <SpaceBetween size="l">
        <QueryState query={query}>{(queue) => <Usage queue={queue} />}</QueryState>
        <Tabs
          ariaLabel="Commands"
          tabs={[
            {
              id: 'queued',
              label: `Queued commands${query.data === undefined ? '' : ` (${query.data.length})`}`,
              content: (
                <SpaceBetween size="m">
                  <Queued target={target} queue={query.data} onMore={() => setMaxQueued((count) => count + step)} />
                  <CommandLine words={['queue', 'list', '--at', target]} />
                </SpaceBetween>
              ),
            },
            {
              id: 'dead-letters',
              label: `Dead letters${deadLetters.data === undefined ? '' : ` (${deadLetters.data.commands.length})`}`,
              content: <DeadLetterTable />,
            },
          ]}
        />
      </SpaceBetween>
      {dialog === undefined ? null : (
        <PauseDialog target={target} isPaused={dialog === 'resume'} onClose={() => setDialog(undefined)} />
      )}
    </ContentLayout>
  );
};

const Usage = ({ queue: { paused, limits, usage, teams } }: { readonly queue: QueueView }) => (
  <SpaceBetween size="l">
    {paused === undefined ? null : (
      <Alert type="warning" header="The queue is paused">
        Paused since <Time value={paused.since} /> by {paused.principal}. No queued command starts. Clusters and jobs
        that run continue.
      </Alert>
    )}
    <Container header={<Header variant="h2">In use</Header>}>
      <SpaceBetween size="m">
        <UsageBars limits={limits} usage={usage} />
        {teams.length > 1 ? <TeamTable teams={teams} /> : null}
      </SpaceBetween>
    </Container>
  </SpaceBetween>
);

interface QueuedProps {
  readonly target: string;
  /** Undefined: it is not read yet, or cannot be read. */
  readonly queue: QueueView | undefined;
  readonly onMore: () => void;
}

const Queued = ({ target, queue, onMore }: QueuedProps) => {
  if (queue === undefined) return <EmptyState title="No data" />;
  return (
    <SpaceBetween size="m">
      <QueueTable target={target} queued={queue.queued} length={queue.length} />
      {queue.queued.length < queue.length ? <Button onClick={onMore}>Load {step} more</Button> : null}
    </SpaceBetween>
  );
};
