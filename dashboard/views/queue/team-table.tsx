import Table from '@cloudscape-design/components/table';

import type { QueueView } from '../../api/types.ts';
import { measureUsage } from '../../model/clusters/usage.ts';

const noLimits = {};

/** What each team uses of a target. */
export const TeamTable = ({ teams }: Pick<QueueView, 'teams'>) => (
  <Table
    variant="embedded"
    contentDensity="compact"
    ariaLabels={{ tableLabel: 'Usage of each team' }}
    items={teams}
    trackBy="team"
    columnDefinitions={[
      { id: 'team', header: 'Team', cell: ({ team }) => team || '(no team)', isRowHeader: true },
      ...(['Clusters', 'Jobs', 'CPU', 'Memory'] as const).map((name) => ({
        id: name,
        header: name,
        cell: ({ usage }: QueueView['teams'][number]) => {
          const one = measureUsage(noLimits, usage).find((measured) => measured.name === name);
          return one === undefined ? '–' : [one.used, one.unit].filter((part) => part !== undefined).join(' ');
        },
      })),
    ]}
  />
);
