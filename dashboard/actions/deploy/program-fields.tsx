import Alert from '@cloudscape-design/components/alert';
import Container from '@cloudscape-design/components/container';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';

import { getIn, getText } from '../../model/specs/spec-text.ts';
import { TextField } from '../fields.tsx';
import { TextList } from '../text-list.tsx';
import type { SpecEditor } from './spec-editor.ts';

/** The program of an application. */
export const ProgramFields = ({ editor: { spec, set, field, errorAt } }: { readonly editor: SpecEditor }) => {
  const other = ['python', 'sql'].find((kind) => getIn(spec, ['job', kind]) !== undefined);
  const args = getIn(spec, ['job', 'args']);
  const parallelism = field(['job', 'parallelism']);
  return (
    <Container header={<Header variant="h2">Program</Header>}>
      <SpaceBetween size="l">
        {other === undefined ? (
          <ColumnLayout columns={2}>
            <TextField
              {...field(['job', 'jar'])}
              label="Jar"
              description="In the image, or where the JobManager fetches it."
              placeholder="local:///opt/flink/usrlib/my-flink-job.jar"
              errorText={errorAt(['job', 'jar']) ?? errorAt(['job'])}
            />
            <TextField
              {...field(['job', 'entryClass'])}
              label="Entry class"
              description="Default: Main-Class of the jar."
            />
          </ColumnLayout>
        ) : (
          <Alert type="info">The program has the member {other}. Change it as YAML.</Alert>
        )}
        <TextField
          {...parallelism}
          label="Parallelism"
          inputMode="numeric"
          onChange={(text) => set(['job', 'parallelism'], text === '' ? undefined : toNumber(text))}
        />
        {other === 'sql' ? null : (
          <TextList
            label="Arguments"
            itemLabel="Argument"
            items={Array.isArray(args) ? args.map(String) : []}
            onChange={(items) => set(['job', 'args'], items.length === 0 ? undefined : items)}
            errorText={errorAt(['job', 'args'])}
          />
        )}
        <TextField
          {...field(['job', 'restore', 'path'])}
          label="Savepoint"
          description={
            getText(spec, ['job', 'restore', 'path']) === '' && getIn(spec, ['job', 'restore']) !== undefined
              ? 'The spec names the state in another way. See the YAML.'
              : 'Path of a savepoint to start from.'
          }
          placeholder="s3://bucket/savepoints/savepoint-…"
        />
      </SpaceBetween>
    </Container>
  );
};

/** What is no number stays a text, which the plan refuses by name. */
const toNumber = (text: string): number | string => (/^-?\d{1,9}$/.test(text) ? Number(text) : text);
