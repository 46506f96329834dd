import ContentLayout from '@cloudscape-design/components/content-layout';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useParams, useSearchParams } from 'react-router';

import { useCluster } from '../../api/clusters/cluster.ts';
import { useOperation } from '../../api/operations/operations.ts';
import { clustersPath, clusterTabPath } from '../../app/paths.ts';
import { useTargetName } from '../../app/target.ts';
import { isNotFound, NotThere } from '../../components/not-there.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { ClusterHeader } from './cluster-header.tsx';
import { ConfigurationTab } from './configuration-tab.tsx';
import { EventsTab } from './events-tab.tsx';
import { FailureAlert } from './failure-alert.tsx';
import { JobsTab } from './jobs-tab.tsx';
import { LogsTab } from './logs-tab.tsx';
import { OverviewTab } from './overview-tab.tsx';
import { RevisionsTab } from './revisions-tab.tsx';
import { SnapshotsTab } from './snapshots-tab.tsx';
import type { TabProps } from './tab-props.ts';

const tabs: readonly {
  readonly id: string;
  readonly label: string;
  readonly Content: React.ComponentType<TabProps>;
}[] = [
  { id: 'overview', label: 'Overview', Content: OverviewTab },
  { id: 'jobs', label: 'Jobs', Content: JobsTab },
  { id: 'logs', label: 'Logs', Content: LogsTab },
  { id: 'events', label: 'Events', Content: EventsTab },
  { id: 'configuration', label: 'Configuration', Content: ConfigurationTab },
  { id: 'revisions', label: 'Revisions', Content: RevisionsTab },
  { id: 'snapshots', label: 'Snapshots', Content: SnapshotsTab },
];

/** One cluster: why it failed, if it did, and the rest in tabs. */
export const Component = () => {
  const target = useTargetName();
  const { clusterId = '' } = useParams();
  const query = useCluster({ target, clusterId });
  if (query.data === undefined && isNotFound(query.error))
    return (
      <NotThere
        title={`No cluster ${clusterId}`}
        error={query.error}
        list={{ text: `Clusters of ${target}`, href: clustersPath(target) }}
      />
    );
  return (
    <QueryState query={query}>{(cluster) => <View key={`${target} ${clusterId}`} cluster={cluster} />}</QueryState>
  );
};

const View = ({ cluster }: Pick<TabProps, 'cluster'>) => {
  const [parameters, setParameters] = useSearchParams();
  const { target, clusterId, operationId } = cluster;
  const { data: operation } = useOperation({ target, operationId });
  const tab = tabs.find(({ id }) => id === parameters.get('tab'))?.id ?? 'overview';
  return (
    <ContentLayout header={<ClusterHeader cluster={cluster} />}>
      <SpaceBetween size="m">
        <FailureAlert cluster={cluster} operation={operation} />
        <Tabs
          ariaLabel={`Parts of cluster ${clusterId}`}
          activeTabId={tab}
          keyboardActivationMode="manual"
          onChange={({ detail }) => setParameters({ tab: detail.activeTabId })}
          tabs={tabs.map(({ id, label, Content }) => ({
            id,
            label,
            href: clusterTabPath(target, clusterId, { tab: id }),
            content: id === tab ? <Content cluster={cluster} operation={operation} /> : null,
          }))}
        />
      </SpaceBetween>
    </ContentLayout>
  );
};
