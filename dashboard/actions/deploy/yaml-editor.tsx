import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea, { type TextareaProps } from '@cloudscape-design/components/textarea';
import { useRef } from 'react';

import type { FieldError } from '../../api/types.ts';
import { downloadText } from '../../app/download.ts';
import { Message } from '../../components/message.tsx';
import { findLine } from '../../model/specs/spec-text.ts';

interface YamlEditorProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Why the text cannot be read. */
  readonly mistakes: readonly string[];
  /** What the API says about its members. */
  readonly errors: readonly FieldError[];
  readonly fileName: string;
}

/** The spec as YAML, with the line of each error. */
export const YamlEditor = ({ text, onChange, mistakes, errors, fileName }: YamlEditorProps) => {
  const area = useRef<TextareaProps.Ref>(null);
  const root = useRef<HTMLDivElement>(null);
  const showLine = (line: number) => {
    area.current?.focus();
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line === 1 ? 0 : 1);
    const end = text.indexOf('\n', start);
    root.current?.querySelector('textarea')?.setSelectionRange(start, end === -1 ? text.length : end);
  };
  const found = [
    ...mistakes.map((detail) => ({
      pointer: '',
      detail,
      line: Number(/line (\d+)/.exec(detail)?.[1] ?? 0) || undefined,
    })),
    ...errors.map((error) => ({ ...error, line: findLine(text, error.pointer) })),
  ];
  return (
    <SpaceBetween size="s">
      <FormField
        label="YAML"
        description={<Message text="The spec of `drey apply -f` and `drey get ID -o yaml`. JSON is YAML, too." />}
        stretch
        errorText={
          found.length === 0 ? undefined : (
            <>
              {found.map(({ pointer, detail, line }) => (
                <div key={pointer + detail}>
                  {line === undefined ? null : (
                    <>
                      <Link variant="primary" fontSize="inherit" onFollow={() => showLine(line)}>
                        Line {line}
                      </Link>
                      :{' '}
                    </>
                  )}
                  {pointer} {detail}
                </div>
              ))}
            </>
          )
        }
      >
        <div ref={root}>
          <Textarea
            ref={area}
            value={text}
            onChange={({ detail }) => onChange(detail.value)}
            rows={Math.min(40, Math.max(16, text.split('\n').length + 2))}
            spellcheck={false}
            nativeTextareaAttributes={{ style: { fontFamily: 'monospace' } }}
            disableBrowserAutocorrect
            ariaLabel="Spec as YAML"
          />
        </div>
      </FormField>
      <Button iconName="download" onClick={() => downloadText(fileName, text)}>
        Download {fileName}
      </Button>
    </SpaceBetween>
  );
};
