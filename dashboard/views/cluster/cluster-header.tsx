import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { mayAnswer } from '#events/records/cluster-states.ts';

import { ClusterActions } from '../../actions/cluster-actions.tsx';
import { isHosted } from '../../api/client/caller.ts';
import type { Cluster } from '../../api/types.ts';
import { flinkUiPath } from '../../app/paths.ts';
import { StateBadge } from '../../components/state-badge.tsx';
import { Duration, Time } from '../../components/time.tsx';
import { FlinkUiCommand } from '../../components/flink-ui-command.tsx';
import { isTerminalState } from '../../model/states.ts';

/** What the cluster is, how old it is and when it ends. */
export const ClusterHeader = ({ cluster }: { readonly cluster: Cluster }) => {
  const { target, clusterId, state, mode, createdAt, updatedAt, lifetime, labels, flinkVersion, revision } = cluster;
  const isTerminal = isTerminalState('cluster', state);
  return (
    <SpaceBetween size="m">
      <Header
        variant="h1"
        description={describePlace(cluster)}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {mayAnswer(cluster) ? <FlinkUi cluster={cluster} /> : null}
            <ClusterActions cluster={cluster} />
          </SpaceBetween>
        }
      >
        {clusterId}
      </Header>
      <Container>
        <KeyValuePairs
          columns={4}
          items={[
            { label: 'State', value: <StateBadge kind="cluster" state={state} /> },
            { label: 'Mode', value: mode },
            {
              label: isTerminal ? 'Lasted' : 'Age',
              value: <Duration from={createdAt} to={isTerminal ? updatedAt : undefined} />,
            },
            isTerminal
              ? { label: 'Ended', value: <Time value={updatedAt} /> }
              : { label: 'End', value: lifetime?.endsAt === undefined ? 'no end' : <Time value={lifetime.endsAt} /> },
            { label: 'Team', value: labels['team'] ?? '–' },
            { label: 'Flink', value: flinkVersion.replace('v', '').replaceAll('_', '.') },
            { label: 'Revision', value: revision ?? '–' },
            { label: 'Target', value: target },
          ]}
        />
      </Container>
    </SpaceBetween>
  );
};

const describePlace = ({ mode, namespace, image }: Cluster): string =>
  `${mode === 'session' ? 'Session' : 'Application'} in namespace ${namespace}, image ${image}`;

const FlinkUi = ({ cluster }: { readonly cluster: Cluster }) =>
  isHosted() ? <FlinkUiCommand cluster={cluster} /> : <FlinkUiLink cluster={cluster} />;

const FlinkUiLink = ({ cluster: { target, clusterId } }: { readonly cluster: Cluster }) => (
  <Button
    href={flinkUiPath(target, clusterId)}
    target="_blank"
    rel="noreferrer noopener"
    iconName="external"
    iconAlign="right"
    ariaLabel="Flink's UI, opens in a new tab"
  >
    Flink's UI
  </Button>
);
