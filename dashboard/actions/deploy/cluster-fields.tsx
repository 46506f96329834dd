import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Select, { type SelectProps } from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { flinkVersions, newestFlinkVersion } from '#events/flink-version.ts';

import { getText, type Spec, type SpecPath } from '../../model/specs/spec-text.ts';
import { ChoiceField, TextField } from '../fields.tsx';
import type { SpecEditor } from './spec-editor.ts';

type Mode = 'session' | 'application';

interface FieldsProps {
  readonly editor: SpecEditor;
}

export const imageOption = 'kubernetes.container.image.ref';

/** The command line gives the image as the option that the member `image` is short for. */
const toImagePath = (spec: Spec): SpecPath =>
  getText(spec, ['image']) === '' && getText(spec, ['config', imageOption]) !== ''
    ? ['config', imageOption]
    : ['image'];

export const ClusterFields = ({ editor }: FieldsProps) => {
  const { spec, set, field } = editor;
  return (
    <Container header={<Header variant="h2">Cluster</Header>}>
      <SpaceBetween size="l">
        <ChoiceField<Mode>
          label="Mode"
          value={getText(spec, ['mode']) === 'session' ? 'session' : 'application'}
          items={[
            { value: 'application', label: 'Application', description: 'Runs one program, and ends with it.' },
            { value: 'session', label: 'Session', description: 'Runs the jobs that are submitted to it.' },
          ]}
          onChange={(mode) => set(['mode'], mode)}
        />
        <ColumnLayout columns={2}>
          <TextField {...field(['clusterId'])} label="Cluster ID" description="Default: Drey generates one." />
          <TextField {...field(['labels', 'team'])} label="Team" description="The team whose share applies." />
          <TextField
            {...field(toImagePath(spec))}
            label="Image"
            description="Default: that of the target."
            placeholder="flink:2.2"
          />
          <VersionField editor={editor} />
        </ColumnLayout>
        <Checkbox
          checked={getText(spec, ['onFailure']) === 'keep'}
          onChange={({ detail }) => set(['onFailure'], detail.checked ? 'keep' : undefined)}
          description="For diagnosis, until the cluster is stopped."
        >
          Keep the Kubernetes objects if the start fails
        </Checkbox>
      </SpaceBetween>
    </Container>
  );
};

const fromTag = { value: '', label: `From the tag of the image, or else ${newestFlinkVersion}` };

const VersionField = ({ editor: { spec, set, errorAt } }: FieldsProps) => {
  const options: SelectProps.Option[] = [fromTag, ...flinkVersions.map((value) => ({ value, label: value }))];
  const value = getText(spec, ['flinkVersion']);
  return (
    <FormField label="Flink version" description="Of the image." errorText={errorAt(['flinkVersion'])}>
      <Select
        selectedOption={options.find((option) => option.value === value) ?? { value, label: value }}
        options={options}
        onChange={({ detail }) => set(['flinkVersion'], detail.selectedOption.value || undefined)}
      />
    </FormField>
  );
};

/** Each is an option of Flink with a field of its own. */
export const resourceOptions = [
  { key: 'kubernetes.jobmanager.cpu.amount', label: 'CPU of the JobManager', placeholder: '1.0' },
  { key: 'jobmanager.memory.process.size', label: 'Memory of the JobManager', placeholder: '1600m' },
  { key: 'kubernetes.taskmanager.cpu.amount', label: 'CPU of a TaskManager', placeholder: '1.0' },
  { key: 'taskmanager.memory.process.size', label: 'Memory of a TaskManager', placeholder: '1728m' },
  { key: 'taskmanager.numberOfTaskSlots', label: 'Slots of a TaskManager', placeholder: '1' },
] as const;

export const ResourceFields = ({ editor: { field } }: FieldsProps) => (
  <Container
    header={
      <Header variant="h2" description="Default: the settings of the target, or else those of Flink.">
        Resources
      </Header>
    }
  >
    <ColumnLayout columns={2}>
      {resourceOptions.map(({ key, label, placeholder }) => (
        <TextField key={key} {...field(['config', key])} label={label} constraintText={key} placeholder={placeholder} />
      ))}
    </ColumnLayout>
  </Container>
);

const savepoints = [
  { value: '', label: 'No savepoint' },
  { value: 'best-effort', label: 'A savepoint if possible' },
  { value: 'required', label: 'A savepoint, or else the cluster runs on' },
];

export const LifetimeFields = ({ editor: { spec, set, field, errorAt } }: FieldsProps) => (
  <Container
    header={
      <Header variant="h2" description="When Drey stops the cluster. Default: it has no end of its own.">
        Lifetime
      </Header>
    }
  >
    <ColumnLayout columns={2}>
      <TextField {...field(['lifetime', 'ttl'])} label="Time to live" placeholder="8h" />
      <TextField
        {...field(['lifetime', 'until'])}
        label="End"
        constraintText="A time such as 2026-12-24T20:00:00Z"
        placeholder="2026-12-24T20:00:00Z"
      />
      {getText(spec, ['mode']) === 'session' ? (
        <TextField {...field(['lifetime', 'idleAfter'])} label="After this time without jobs" placeholder="2h" />
      ) : null}
      <FormField label="Before the end" errorText={errorAt(['lifetime', 'savepoint'])}>
        <Select
          selectedOption={savepoints.find(({ value }) => value === getText(spec, ['lifetime', 'savepoint'])) ?? null}
          options={savepoints}
          placeholder="No savepoint"
          onChange={({ detail }) => set(['lifetime', 'savepoint'], detail.selectedOption.value || undefined)}
        />
      </FormField>
    </ColumnLayout>
  </Container>
);
