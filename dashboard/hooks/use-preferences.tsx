import CollectionPreferences, {
  type CollectionPreferencesProps,
} from '@cloudscape-design/components/collection-preferences';
import type { TableProps } from '@cloudscape-design/components/table';
import { type ReactNode, useState } from 'react';

import { useStackedColumns } from './use-stacked-columns.tsx';

/** A column whose header is a text, which the preferences show, too. */
export type Column<T> = TableProps.ColumnDefinition<T> & { readonly id: string; readonly header: string };

interface TableSettings<T> {
  /** Of the table. The choice is stored under it. */
  readonly name: string;
  readonly columns: readonly Column<T>[];
  /** IDs of the columns that are shown at first. The first one is always shown. */
  readonly defaultColumns: readonly string[];
  /** Whether lines are wrapped at first. Default: false. */
  readonly wrapLines?: boolean;
}

interface Preferences {
  readonly pageSize: number;
  readonly wrapLines: boolean;
  readonly contentDensity: 'comfortable' | 'compact';
  readonly columnDisplay: CollectionPreferencesProps.ContentDisplayItem[];
}

interface Chosen<T> {
  readonly pageSize: number;
  readonly tableProps: Pick<TableProps<T>, 'columnDefinitions' | 'columnDisplay' | 'wrapLines' | 'contentDensity'>;
  /** Changes the preferences. */
  readonly control: ReactNode;
}

/** The columns and the page size that the reader chose for a table, and the control that changes them. */
export const usePreferences = <T,>({
  name,
  columns,
  defaultColumns,
  wrapLines = false,
}: TableSettings<T>): Chosen<T> => {
  const key = `drey.table.${name}`;
  const [preferences, setPreferences] = useState(() => readPreferences(key, { columns, defaultColumns, wrapLines }));
  const store = (changed: CollectionPreferencesProps.Preferences) => {
    const next = toPreferences(changed, preferences);
    localStorage.setItem(key, JSON.stringify(next));
    setPreferences(next);
  };
  const control = (
    <CollectionPreferences
      preferences={{ ...preferences, contentDisplay: preferences.columnDisplay }}
      onConfirm={({ detail }) => store(detail)}
      pageSizePreference={{ options: [20, 50, 100, 200, 1_000].map((value) => ({ value, label: `${value} rows` })) }}
      wrapLinesPreference={{}}
      contentDensityPreference={{}}
      contentDisplayPreference={{
        options: columns.map(({ id, header }, index) => ({
          id,
          label: header,
          alwaysVisible: index === 0,
        })),
      }}
    />
  );
  const { pageSize, columnDisplay, ...lines } = preferences;
  const visible = columnDisplay.filter((one) => one.visible);
  const shown = useStackedColumns(visible.flatMap(({ id }) => columns.filter((column) => column.id === id)));
  const tableProps =
    shown.length === 1
      ? { ...lines, columnDefinitions: shown, wrapLines: true }
      : { ...lines, columnDefinitions: columns, columnDisplay };
  return { pageSize, tableProps, control };
};

const toPreferences = (
  { pageSize, wrapLines, contentDensity, contentDisplay }: CollectionPreferencesProps.Preferences,
  current: Preferences,
): Preferences => ({
  pageSize: pageSize ?? current.pageSize,
  wrapLines: wrapLines ?? current.wrapLines,
  contentDensity: contentDensity ?? current.contentDensity,
  columnDisplay: contentDisplay === undefined ? current.columnDisplay : [...contentDisplay],
});

/** The stored choice. A column that it does not know has its default. */
const readPreferences = <T,>(
  key: string,
  { columns, defaultColumns, wrapLines }: Required<Omit<TableSettings<T>, 'name'>>,
): Preferences => {
  const ids = columns.map(({ id }) => id);
  const defaults: Preferences = {
    pageSize: 50,
    wrapLines,
    contentDensity: 'comfortable',
    columnDisplay: ids.map((id) => ({ id, visible: defaultColumns.includes(id) })),
  };
  try {
    const entry = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Preferences>;
    const { columnDisplay = defaults.columnDisplay } = entry;
    const stored = { ...defaults, ...entry, columnDisplay };
    const known = stored.columnDisplay.filter(({ id }) => ids.includes(id));
    const added = defaults.columnDisplay.filter(({ id }) => known.every((one) => one.id !== id));
    return { ...stored, columnDisplay: [...known, ...added] };
  } catch {
    // Something else wrote the entry.
    return defaults;
  }
};
