import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';

import type { ClusterRef } from '../../api/clusters/cluster.ts';
import { useRevision } from '../../api/clusters/revisions.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { useStackedColumns } from '../../hooks/use-stacked-columns.tsx';
import { diffSpecs, formatValue, type SpecChange } from '../../model/specs/spec-diff.ts';

interface RevisionDiffProps {
  readonly cluster: ClusterRef;
  /** The older one. */
  readonly from: number;
  readonly to: number;
}

/** What differs between the specs of two revisions. */
export const RevisionDiff = ({ cluster, from, to }: RevisionDiffProps) => {
  const older = useRevision(cluster, from);
  const newer = useRevision(cluster, to);
  return (
    <Container header={<Header variant="h2">{`Changes from revision ${from} to ${to}`}</Header>}>
      <QueryState query={older}>
        {({ deploy: oldSpec }) => (
          <QueryState query={newer}>
            {({ deploy: newSpec }) => <Changes oldSpec={oldSpec} newSpec={newSpec} />}
          </QueryState>
        )}
      </QueryState>
    </Container>
  );
};

const Changes = ({ oldSpec, newSpec }: { readonly oldSpec: unknown; readonly newSpec: unknown }) => (
  <SpaceBetween size="m">
    <Table
      variant="embedded"
      items={diffSpecs(oldSpec, newSpec)}
      trackBy="pointer"
      wrapLines
      empty={
        <EmptyState title="No differences">
          Both revisions have the same spec. A changed secret is not shown.
        </EmptyState>
      }
      columnDefinitions={useStackedColumns<SpecChange>([
        { id: 'pointer', header: 'Member', minWidth: 220, cell: ({ pointer }) => pointer, isRowHeader: true },
        {
          id: 'change',
          header: 'Change',
          minWidth: 100,
          cell: (one) => ('old' in one ? ('new' in one ? 'changed' : 'removed') : 'added'),
        },
        { id: 'old', header: 'Old', minWidth: 200, cell: ({ old }) => <Value value={old} /> },
        { id: 'new', header: 'New', minWidth: 200, cell: (one) => <Value value={one.new} /> },
      ])}
    />
    <ExpandableSection headerText="Spec of the newer revision">
      <Value value={newSpec} />
    </ExpandableSection>
  </SpaceBetween>
);

const Value = ({ value }: { readonly value: unknown }) => <Box variant="code">{formatValue(value)}</Box>;
