import type { PropertyFilterProps } from '@cloudscape-design/components/property-filter';

import type { ClusterRow } from './columns.tsx';

type FilterKey = Exclude<keyof ClusterRow, 'cluster' | 'createdAt' | 'endsAt' | 'endedAt'>;

const property = (key: FilterKey, propertyLabel: string, groupValuesLabel: string) => ({
  key,
  propertyLabel,
  groupValuesLabel,
  operators: ['=', '!=', ':', '!:'] satisfies PropertyFilterProps.ComparisonOperator[],
});

/** What the filter of the table knows. A text without a property is searched in all of them. */
export const filteringProperties = [
  property('clusterId', 'Cluster', 'Clusters'),
  property('state', 'State', 'States'),
  property('mode', 'Mode', 'Modes'),
  property('team', 'Team', 'Teams'),
  property('jobs', 'Jobs', 'Jobs'),
  property('flinkVersion', 'Flink', 'Flink versions'),
  property('reachable', 'Reachable', 'Reachable'),
  property('image', 'Image', 'Images'),
  property('labels', 'Labels', 'Labels'),
  property('message', 'Reason', 'Reasons'),
];
