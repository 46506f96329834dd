import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';

import type { ProgramOptions } from '../../model/commands/program-commands.ts';
import { parsePositive, TextField } from '../fields.tsx';
import { TextList } from '../text-list.tsx';

/** What the reader entered about a program. */
export interface ProgramChoice extends ProgramOptions {
  /** What was entered for `parallelism`. */
  readonly parallelismText: string;
  readonly isValid: boolean;
  readonly change: (changes: Partial<Pick<ProgramChoice, 'entryClass' | 'args' | 'parallelismText'>>) => void;
}

export const useProgramChoice = (): ProgramChoice => {
  const [entered, setEntered] = useState({ entryClass: '', args: [] as readonly string[], parallelismText: '' });
  const parallelism = parsePositive(entered.parallelismText);
  return {
    ...entered,
    parallelism,
    isValid: entered.parallelismText.trim() === '' || parallelism !== undefined,
    change: (changes) => setEntered((current) => ({ ...current, ...changes })),
  };
};

/** The options of a program: its class, arguments and parallelism. */
export const ProgramFields = ({ program }: { readonly program: ProgramChoice }) => {
  const { entryClass, args, parallelismText, isValid, change } = program;
  return (
    <SpaceBetween size="m">
      <TextField
        label="Entry class"
        description="Default: Main-Class of the jar."
        placeholder="com.example.Nightly"
        value={entryClass}
        onChange={(value) => change({ entryClass: value })}
      />
      <TextList label="Arguments" itemLabel="Argument" items={args} onChange={(items) => change({ args: items })} />
      <TextField
        label="Parallelism"
        inputMode="numeric"
        value={parallelismText}
        onChange={(value) => change({ parallelismText: value })}
        errorText={isValid ? undefined : 'A number of at least 1.'}
      />
    </SpaceBetween>
  );
};
