import Table from '@cloudscape-design/components/table';
import { render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { useStackedColumns } from '../../../dashboard/hooks/use-stacked-columns.tsx';

const columns = [
  { id: 'at', header: 'Time', cell: ({ at }: { readonly at: string }) => at },
  { id: 'object', header: 'Object', cell: () => 'Cluster', isRowHeader: true },
  { id: 'why', header: 'Why', cell: () => 'Ready' },
  { id: 'by', header: 'By', cell: () => '–' },
];

const Example = () => <Table items={[{ at: 'noon' }]} columnDefinitions={useStackedColumns(columns)} />;

const show = () => {
  render(<Example />);
  return [
    screen.getAllByRole('columnheader').map(({ textContent }) => textContent),
    screen.getByText('noon').closest('tr')?.textContent,
  ];
};

describe('the columns of a table', () => {
  it('are beside each other on a wide screen', () => {
    expect(show()).toEqual([['Time', 'Object', 'Why', 'By'], 'noonClusterReady–']);
  });

  describe('on a narrow screen', () => {
    beforeEach(() => {
      vi.stubGlobal('matchMedia', (media: string) => ({
        matches: false,
        media,
        addEventListener: () => {},
        removeEventListener: () => {},
      }));
    });

    it('are in one cell, with the row header first and without what is empty', () => {
      expect(show()).toEqual([['Object'], 'ClusterTime: noonWhy: Ready']);
    });
  });
});
