import FileUpload from '@cloudscape-design/components/file-upload';
import FormField from '@cloudscape-design/components/form-field';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useRef, useState } from 'react';

import { uploadJar } from '../../api/operations/upload.ts';
import { ChoiceField, TextField } from '../fields.tsx';

type Source = 'file' | 's3';

interface Chosen {
  readonly source: Source;
  readonly file: File | undefined;
  /** Of an earlier upload: s3://… */
  readonly location: string;
}

/** The jar that the reader chooses: a file, which is uploaded when it is sent, or an earlier upload. */
export interface JarChoice extends Chosen {
  /** Whether a jar is chosen. */
  readonly isChosen: boolean;
  /** The jar as it is on a command line. */
  readonly operand: string;
  /** The sent part of the upload, from 0 to 1. Undefined: no upload is in progress. */
  readonly fraction: number | undefined;
  readonly change: (changes: Partial<Chosen>) => void;
  /** The `jar` of a submit. Uploads a file first. @throws ApiError */
  readonly load: () => Promise<string>;
}

export const useJarChoice = (target: string): JarChoice => {
  const [chosen, setChosen] = useState<Chosen>({ source: 'file', file: undefined, location: '' });
  const { upload, fraction } = useUpload(target);
  const { source, file } = chosen;
  const location = chosen.location.trim();
  return {
    ...chosen,
    fraction,
    isChosen: source === 'file' ? isJar(file) : /^s3:\/\/[^/]+\/.+\.jar$/.test(location),
    operand: source === 'file' ? `./${file?.name ?? 'JOB.jar'}` : location || 's3://…',
    change: (changes) => setChosen((current) => ({ ...current, ...changes })),
    load: async () => (source === 'file' && file !== undefined ? upload(file) : location),
  };
};

const isJar = (file: File | undefined): boolean => file?.name.toLowerCase().endsWith('.jar') === true;

/** Chooses a jar, and shows the progress of its upload. */
export const JarField = ({ jar }: { readonly jar: JarChoice }) => {
  const { source, file, location, fraction, change } = jar;
  return (
    <SpaceBetween size="m">
      <ChoiceField<Source>
        label="Jar"
        value={source}
        items={[
          { value: 'file', label: 'Upload a file' },
          { value: 's3', label: 'An earlier upload' },
        ]}
        onChange={(value) => change({ source: value })}
      />
      {source === 'file' ? (
        <FormField label="File">
          <FileUpload
            value={file === undefined ? [] : [file]}
            accept=".jar"
            showFileSize
            onChange={({ detail }) => change({ file: detail.value[0] })}
            errorText={file === undefined || isJar(file) ? undefined : 'The name of a jar ends with .jar.'}
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
          value={location}
          onChange={(value) => change({ location: value })}
        />
      )}
      {fraction === undefined ? null : (
        <ProgressBar label="Upload" value={Math.round(fraction * 100)} description={file?.name} />
      )}
    </SpaceBetween>
  );
};

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
