import Checkbox from '@cloudscape-design/components/checkbox';
import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';

import { sendCommand } from '../api/commands.ts';
import { uploadJar } from '../api/upload.ts';
import { ActionDialog } from '../components/action-dialog.tsx';
import { submitJar, type SubmitOptions } from '../model/commands.ts';
import type { ClusterDialogProps } from './command-dialog.tsx';
import { ChoiceField, parsePositive, TextField } from './fields.tsx';
import { TextList } from './text-list.tsx';

type Source = 'file' | 's3';
type ProgramOptions = Omit<SubmitOptions, 'jar' | 'parallelism'>;

/** Uploads a jar, or takes one that was uploaded before, and submits it to a session. */
export const SubmitDialog = ({ cluster, onClose }: ClusterDialogProps) => {
  const [source, setSource] = useState<Source>('file');
  const [file, setFile] = useState<File>();
  const [jar, setJar] = useState('');
  const [parallelism, setParallelism] = useState('');
  const [options, setOptions] = useState<ProgramOptions>({
    entryClass: '',
    args: [],
    savepoint: '',
    allowNonRestoredState: false,
  });
  const change = (changes: Partial<ProgramOptions>) => setOptions((current) => ({ ...current, ...changes }));
  const { upload, fraction } = useUpload(cluster.target);
  const toCommand = (used: string) =>
    submitJar(cluster, { ...options, jar: used, parallelism: parsePositive(parallelism) });
  const isJar = file?.name.toLowerCase().endsWith('.jar') === true;
  const hasProgram = source === 'file' ? isJar : /^s3:\/\/[^/]+\/.+\.jar$/.test(jar.trim());
  const isNumber = parallelism.trim() === '' || parsePositive(parallelism) !== undefined;
  return (
    <ActionDialog
      title={`Submit a job to ${cluster.clusterId}`}
      confirm={source === 'file' ? 'Upload and submit' : 'Submit'}
      command={toCommand(source === 'file' ? `./${file?.name ?? 'JOB.jar'}` : jar.trim() || 's3://…').words}
      isInvalid={!hasProgram || !isNumber}
      run={async (key) => {
        const used = source === 'file' && file !== undefined ? await upload(file) : jar.trim();
        return sendCommand(toCommand(used), key);
      }}
      onClose={onClose}
    >
      <SpaceBetween size="m">
        <div>Runs the program of the jar on the session. The dialog closes when the job is submitted.</div>
        <JarField {...{ source, file, jar, isJar }} onSource={setSource} onFile={setFile} onJar={setJar} />
        {fraction === undefined ? null : (
          <ProgressBar label="Upload" value={Math.round(fraction * 100)} description={file?.name} />
        )}
        <ProgramFields
          options={options}
          parallelism={parallelism}
          isNumber={isNumber}
          onChange={change}
          onParallelism={setParallelism}
        />
      </SpaceBetween>
    </ActionDialog>
  );
};

interface JarFieldProps {
  readonly source: Source;
  readonly file: File | undefined;
  readonly jar: string;
  readonly isJar: boolean;
  readonly onSource: (source: Source) => void;
  readonly onFile: (file: File | undefined) => void;
  readonly onJar: (jar: string) => void;
}

const JarField = ({ source, file, jar, isJar, onSource, onFile, onJar }: JarFieldProps) => (
  <SpaceBetween size="m">
    <ChoiceField<Source>
      label="Jar"
      value={source}
      items={[
        { value: 'file', label: 'A file of this computer' },
        { value: 's3', label: 'An earlier upload' },
      ]}
      onChange={onSource}
    />
    {source === 'file' ? (
      <FormField label="File">
        <FileUpload
          value={file === undefined ? [] : [file]}
          accept=".jar"
          showFileSize
          onChange={({ detail }) => onFile(detail.value[0])}
          errorText={file === undefined || isJar ? undefined : 'The name of a jar ends with .jar.'}
          i18nStrings={{
            uploadButtonText: () => 'Choose the jar',
            dropzoneText: () => 'Drop the jar here',
            removeFileAriaLabel: () => 'Remove the jar',
            limitShowFewer: 'Show fewer',
            limitShowMore: 'Show more',
            errorIconAriaLabel: 'Error',
          }}
        />
      </FormField>
    ) : (
      <TextField
        label="Location"
        description="The jar of an upload of this target. Uploads are kept for 30 days."
        placeholder="s3://bucket/uploads/…/job.jar"
        value={jar}
        onChange={onJar}
      />
    )}
  </SpaceBetween>
);

interface ProgramFieldsProps {
  readonly options: ProgramOptions;
  readonly parallelism: string;
  readonly isNumber: boolean;
  readonly onChange: (changes: Partial<ProgramOptions>) => void;
  readonly onParallelism: (text: string) => void;
}

const ProgramFields = ({ options, parallelism, isNumber, onChange, onParallelism }: ProgramFieldsProps) => (
  <SpaceBetween size="m">
    <TextField
      label="Entry class"
      description="Empty: that of the manifest of the jar."
      placeholder="com.example.Nightly"
      value={options.entryClass}
      onChange={(entryClass) => onChange({ entryClass })}
    />
    <TextList label="Arguments" itemLabel="Argument" items={options.args} onChange={(args) => onChange({ args })} />
    <TextField
      label="Parallelism"
      inputMode="numeric"
      value={parallelism}
      onChange={onParallelism}
      errorText={isNumber ? undefined : 'A number of at least 1.'}
    />
    <TextField
      label="Savepoint"
      description="Path of a savepoint to start from. Empty: the job starts without state."
      placeholder="s3://bucket/savepoints/savepoint-…"
      value={options.savepoint}
      onChange={(savepoint) => onChange({ savepoint })}
    />
    {options.savepoint.trim() === '' ? null : (
      <Checkbox
        checked={options.allowNonRestoredState}
        onChange={({ detail }) => onChange({ allowNonRestoredState: detail.checked })}
      >
        Drop state that the program no longer has
      </Checkbox>
    )}
  </SpaceBetween>
);

/** Uploads each file once, also when the submit after it is repeated. Closing the dialog ends an upload. */
const useUpload = (target: string) => {
  const [fraction, setFraction] = useState<number>();
  const [uploaded, setUploaded] = useState<{ readonly file: File; readonly jar: string }>();
  const aborter = useRef<AbortController>(undefined);
  useEffect(() => () => aborter.current?.abort(), []);
  const upload = async (file: File): Promise<string> => {
    if (uploaded?.file === file) return uploaded.jar;
    setFraction(0);
    aborter.current = new AbortController();
    try {
      const jar = await uploadJar(target, file, { onProgress: setFraction, signal: aborter.current.signal });
      setUploaded({ file, jar });
      return jar;
    } finally {
      setFraction(undefined);
    }
  };
  return { upload, fraction };
};
