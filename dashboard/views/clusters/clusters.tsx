import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

import { clusterStates } from '#events/records/cluster-states.ts';

import { useClusters } from '../../api/clusters/clusters.ts';
import type { Cluster } from '../../api/types.ts';
import { ClusterActions } from '../../actions/cluster-actions.tsx';
import { DeployButton } from '../../actions/deploy-button.tsx';
import { useTargetName } from '../../app/target.ts';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { endedStates } from '../../model/states.ts';
import { toRow } from './columns.tsx';
import { type Scope, scopes, toScope } from './scope.ts';
import { ClusterTable } from './table.tsx';

/** States that the API is asked for. Undefined: its default, the live states. */
const statesOf: Readonly<Record<Scope, string | undefined>> = {
  live: undefined,
  ended: endedStates.join(','),
  all: clusterStates.join(','),
};

const labels: Readonly<Record<Scope, string>> = { live: 'Live', ended: 'Ended', all: 'All' };

/** How many clusters are read at once. */
const step = 1_000;

/** The clusters of a target. */
export const Component = () => {
  const target = useTargetName();
  const [parameters, setParameters] = useSearchParams();
  const scope = toScope(parameters.get('show'));
  const [maxClusters, setMaxClusters] = useState(step);
  const [onlyState, setOnlyState] = useState<string>();
  const query = useClusters(target, { state: statesOf[scope], maxClusters });
  const { data, error, isPending } = query;
  const rows = useMemo(() => (data?.items ?? []).map(toRow), [data]);
  const header = (counter: string, selected: Cluster | undefined) => (
    <Header
      variant="awsui-h1-sticky"
      counter={counter}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <ScopeControl
            scope={scope}
            onChange={(show) => setParameters(show === 'live' ? {} : { show }, { replace: true })}
          />
          <ClusterActions cluster={selected} />
          <DeployButton target={target} variant="primary" />
        </SpaceBetween>
      }
      description={`Flink clusters of target ${target}`}
    >
      Clusters
    </Header>
  );
  return (
    <SpaceBetween size="m">
      {error === null ? null : <ProblemAlert error={error} onRetry={() => void query.refetch()} />}
      <ClusterTable
        key={`${target} ${scope}`}
        scope={scope}
        rows={rows}
        isLoading={isPending}
        initialState={parameters.get('state') ?? undefined}
        onOnlyState={setOnlyState}
        emptyTitle={
          error === null ? `No ${scope === 'all' ? '' : `${labels[scope].toLowerCase()} `}clusters` : 'No data'
        }
        emptyAction={<DeployButton target={target} />}
        renderHeader={header}
      />
      {data?.hasMore === true ? (
        <Button onClick={() => setMaxClusters((count) => count + step)}>Load {step} more</Button>
      ) : null}
      <CommandLine words={['clusters', '--at', target, ...commandOptions(scope, onlyState)]} />
    </SpaceBetween>
  );
};

const commandOptions = (scope: Scope, onlyState: string | undefined): readonly string[] => {
  if (onlyState !== undefined) return ['--state', onlyState];
  if (scope === 'live') return [];
  return scope === 'all' ? ['--all'] : ['--state', endedStates.join(',')];
};

interface ScopeControlProps {
  readonly scope: Scope;
  readonly onChange: (scope: Scope) => void;
}

const ScopeControl = ({ scope, onChange }: ScopeControlProps) => (
  <SegmentedControl
    label="Which clusters"
    selectedId={scope}
    options={scopes.map((id) => ({ id, text: labels[id] }))}
    onChange={({ detail }) => onChange(toScope(detail.selectedId))}
  />
);
