import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import { useEffect, useRef, useState } from 'react';

import { useTaskManagers } from '../../api/clusters/flink.ts';
import type { Cluster, KeptIncarnation } from '../../api/types.ts';
import { listKeptSources, type LogSelection } from '../../model/jobs/log-selection.ts';
import { formatTime } from '../../model/time.ts';

interface LogControlsProps {
  readonly cluster: Cluster;
  readonly incarnations: readonly KeptIncarnation[];
  readonly selection: LogSelection;
  readonly isLive: boolean;
  readonly onSelect: (changes: Partial<LogSelection>) => void;
}

/** Which log, of which incarnation, and which of its lines. */
export const LogControls = ({ cluster, incarnations, selection, isLive, onSelect }: LogControlsProps) => {
  const sources = useSources({ cluster, incarnations, selection, isLive });
  const isText = selection.source !== 'exceptions';
  const incarnationOptions = [
    { value: '', label: 'Current' },
    ...incarnations.map(({ operationId, revision, at }) => ({
      value: operationId,
      label: `Kept ${formatTime(at)}${revision === undefined ? '' : `, revision ${revision}`}`,
    })),
  ];
  return (
    <ColumnLayout columns={4}>
      <Choice label="Log" value={selection.source} options={sources} onChange={(source) => onSelect({ source })} />
      <Choice
        label="Incarnation"
        value={selection.incarnation ?? ''}
        options={incarnationOptions}
        onChange={(value) => onSelect({ source: 'jobmanager', incarnation: value || undefined })}
      />
      {isText ? <SearchField search={selection.search} onSearch={(search) => onSelect({ search })} /> : null}
      {isText ? (
        <Choice label="Time" value={selection.since} options={spans} onChange={(since) => onSelect({ since })} />
      ) : null}
    </ColumnLayout>
  );
};

const spans = [
  { value: '', label: 'Any time' },
  { value: '5m', label: 'Last 5 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '1d', label: 'Last day' },
];

type Option = SelectProps.Option & { readonly value: string };

/** The logs to choose from. The chosen one is always there. */
const useSources = ({
  cluster,
  incarnations,
  selection,
  isLive,
}: Omit<LogControlsProps, 'onSelect'>): readonly Option[] => {
  const { data: taskManagers } = useTaskManagers(cluster, { enabled: isLive && cluster.state === 'RUNNING' });
  const operationId = selection.incarnation ?? cluster.operationId;
  const files = incarnations.find((one) => one.operationId === operationId)?.files ?? [];
  const pods: readonly Option[] = isLive
    ? (taskManagers ?? []).map((pod) => ({ value: `pod/${pod}`, label: 'TaskManager', description: pod }))
    : listKeptSources(files).map(({ value, label }) => ({ value, label, description: value.replace('pod/', '') }));
  const options: readonly Option[] = [
    { value: 'jobmanager', label: 'JobManager', description: 'the newest one' },
    ...(pods.some(({ label }) => label === 'TaskManager') ? [] : [{ value: 'taskmanager-1', label: 'TaskManager 1' }]),
    ...pods,
    { value: 'exceptions', label: 'Exceptions of the jobs' },
  ];
  return options.some(({ value }) => value === selection.source)
    ? options
    : [...options, { value: selection.source, label: selection.source.replace('pod/', '') }];
};

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

const Choice = ({ label, value, options, onChange }: ChoiceProps) => (
  <FormField label={label}>
    <Select
      selectedOption={options.find((option) => option.value === value) ?? null}
      options={options}
      onChange={({ detail }) => onChange(detail.selectedOption.value ?? '')}
    />
  </FormField>
);

/** Each search reads the log, so it waits until the reader pauses. */
const pauseMs = 400;

const SearchField = ({ search, onSearch }: { readonly search: string; readonly onSearch: (text: string) => void }) => {
  const [text, setText] = useState(search);
  const lastSearch = useRef(search);
  useEffect(() => {
    if (search === lastSearch.current) return;
    // A link or the history has changed it.
    lastSearch.current = search;
    setText(search);
  }, [search]);
  useEffect(() => {
    if (text === search) return undefined;
    const timer = setTimeout(() => {
      lastSearch.current = text;
      onSearch(text);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text, search, onSearch]);
  return (
    <FormField label="Search">
      <Input
        type="search"
        placeholder="Lines with this text"
        value={text}
        onChange={({ detail }) => setText(detail.value.slice(0, 200))}
      />
    </FormField>
  );
};
