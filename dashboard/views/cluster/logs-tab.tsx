import Header from '@cloudscape-design/components/header';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useSearchParams } from 'react-router';

import { useKeptLogs } from '../../api/clusters/logs.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { type LogSelection, readSelection, toLogCommand, writeSelection } from '../../model/jobs/log-selection.ts';
import { mayHavePods } from '../../model/states.ts';
import { ExceptionsView } from './exceptions-view.tsx';
import { KeptTable } from './kept-table.tsx';
import { LogControls } from './log-controls.tsx';
import { LogReader } from './log-reader.tsx';
import type { TabProps } from './tab-props.ts';

/** How many lines are shown. A download has more. */
const lines = 1_000;

/** Logs of the JobManager and the TaskManagers and the exceptions of the jobs: live, or kept of an incarnation. */
export const LogsTab = ({ cluster, operation }: TabProps) => {
  const [parameters, setParameters] = useSearchParams();
  const selection = readSelection(parameters);
  const kept = useKeptLogs(cluster);
  const isLive = mayHavePods(cluster) && selection.incarnation === undefined;
  const deploy = selection.incarnation === undefined ? operation : undefined;
  const select = (changes: Partial<LogSelection>) =>
    setParameters(writeSelection({ ...selection, ...changes }), { replace: true });
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">Log</Header>}>
        <SpaceBetween size="m">
          <LogControls
            cluster={cluster}
            incarnations={kept.data ?? []}
            selection={selection}
            isLive={isLive}
            onSelect={select}
          />
          {selection.source === 'exceptions' ? (
            <ExceptionsView cluster={cluster} operation={deploy} incarnation={selection.incarnation} isLive={isLive} />
          ) : (
            <LogReader
              cluster={cluster}
              operation={deploy}
              selection={selection}
              isLive={isLive}
              lines={lines}
              onSelect={select}
            />
          )}
          <CommandLine words={toLogCommand(cluster, selection, lines)} />
        </SpaceBetween>
      </Container>
      <KeptTable query={kept} cluster={cluster} />
    </SpaceBetween>
  );
};
