import Checkbox from '@cloudscape-design/components/checkbox';
import FormField, { type FormFieldProps } from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';

import { useRevision } from '../api/clusters/revisions.ts';
import { useTargets } from '../api/targets.ts';
import type { Cluster } from '../api/types.ts';

interface TextFieldProps extends Pick<FormFieldProps, 'label' | 'description' | 'errorText' | 'constraintText'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly inputMode?: InputProps['inputMode'];
}

export const TextField = ({ label, description, errorText, constraintText, onChange, ...input }: TextFieldProps) => (
  <FormField label={label} description={description} errorText={errorText} constraintText={constraintText}>
    <Input {...input} onChange={({ detail }) => onChange(detail.value)} />
  </FormField>
);

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly description?: string;
  readonly disabled?: boolean;
}

interface ChoiceFieldProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly items: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
}

/** One of a few texts. */
export const ChoiceField = <T extends string>({ label, value, items, onChange }: ChoiceFieldProps<T>) => (
  <FormField label={label}>
    <RadioGroup
      value={value}
      items={items}
      onChange={({ detail }) => {
        const chosen = items.find((item) => item.value === detail.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    />
  </FormField>
);

interface PathFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export const SavepointField = (props: PathFieldProps) => (
  <TextField
    {...props}
    label="Savepoint"
    description="Path of a savepoint to start from. Default: the job starts without state."
    placeholder="s3://bucket/savepoints/savepoint-…"
  />
);

interface DropStateFieldProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** `allowNonRestoredState` of Flink. */
export const DropStateField = ({ checked, onChange }: DropStateFieldProps) => (
  <Checkbox checked={checked} onChange={({ detail }) => onChange(detail.checked)}>
    Drop state that the program no longer has
  </Checkbox>
);

interface SavepointDirectoryFieldProps extends PathFieldProps {
  readonly cluster: Pick<Cluster, 'target' | 'clusterId' | 'revision' | 'hasSavepointDirectory'>;
  /** Whether the savepoint fails without one: the cluster has no default. */
  readonly isRequired: boolean;
}

export const SavepointDirectoryField = ({ cluster, isRequired, ...props }: SavepointDirectoryFieldProps) => (
  <TextField
    {...props}
    label="Directory of the savepoints"
    description={
      isRequired ? (
        'Required: the cluster has no directory of its own.'
      ) : cluster.hasSavepointDirectory === true ? (
        <DefaultDirectory cluster={cluster} />
      ) : (
        'Default: the directory of the cluster, if it has one.'
      )
    }
    placeholder="s3://bucket/savepoints"
  />
);

const directoryOptions: ReadonlySet<string> = new Set([
  'execution.checkpointing.savepoint-dir',
  'state.savepoints.dir',
]);

/** The spec of the cluster or the target has it. */
const DefaultDirectory = ({ cluster }: Pick<SavepointDirectoryFieldProps, 'cluster'>) => {
  const { data: revision } = useRevision(cluster, cluster.revision);
  const { data: targets } = useTargets();
  const defaults = targets?.find(({ name }) => name === cluster.target)?.defaults;
  const configs: readonly object[] = [revision?.deploy.config ?? {}, defaults ?? {}];
  const found = configs.flatMap((config) =>
    Object.entries(config).flatMap(([key, value]) => (directoryOptions.has(key) ? [String(value)] : [])),
  );
  return `Default: ${found[0] ?? 'the directory of the cluster'}`;
};

/** A number of at least 1 in decimal digits. Undefined: the text is none. */
export const parsePositive = (text: string): number | undefined => {
  const number = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return number > 0 ? number : undefined;
};
