import Box from '@cloudscape-design/components/box';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { TableProps } from '@cloudscape-design/components/table';

import { useMediaQuery } from './use-media-query.ts';

type Columns<T> = readonly (TableProps.ColumnDefinition<T> & { readonly header: string })[];

/** Below this width, a table of more than two columns does not fit. */
const wideScreen = '(min-width: 689px)';

/**
 * The columns of a table, or on a narrow screen a single one: the cells of a row below each other, each with its header. The
 * cell of the row header comes first, without its header.
 */
export const useStackedColumns = <T,>(columns: Columns<T>): Columns<T> => {
  const isWide = useMediaQuery(wideScreen);
  if (isWide) return columns;
  const first = columns.find(({ isRowHeader }) => isRowHeader === true) ?? columns[0];
  const others = columns.filter((column) => column !== first);
  return first === undefined
    ? []
    : [
        {
          id: 'stack',
          header: first.header,
          isRowHeader: true,
          ...(first.sortingField === undefined ? {} : { sortingField: first.sortingField }),
          cell: (item) => (
            // The names of options and classes are long words.
            <div style={{ overflowWrap: 'anywhere' }}>
              <SpaceBetween size="xxs">
                <div>{first.cell(item)}</div>
                {others.map((column) => (
                  <StackedCell key={column.id} header={column.header}>
                    {column.cell(item)}
                  </StackedCell>
                ))}
              </SpaceBetween>
            </div>
          ),
        },
      ];
};

const StackedCell = ({ header, children }: React.PropsWithChildren<{ readonly header: string }>) =>
  children === '–' ? null : (
    <div>
      <Box variant="span" color="text-body-secondary">
        {header}:
      </Box>{' '}
      {children}
    </div>
  );
