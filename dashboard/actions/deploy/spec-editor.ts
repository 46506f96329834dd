import type { FieldError } from '../../api/types.ts';
import { editSpec, getText, type Spec, type SpecPath, toPointer } from '../../model/specs/spec-text.ts';

/** What the parts of the form read and change. The text is the only state, so that the form loses nothing of it. */
export interface SpecEditor {
  readonly spec: Spec;
  /** Sets the value at a path. Undefined removes it. */
  readonly set: (path: SpecPath, value: unknown) => void;
  /** Sets several values at once. */
  readonly setAll: (changes: readonly (readonly [SpecPath, unknown])[]) => void;
  /** The input of a text at a path. Empty: the member is absent. */
  readonly field: (path: SpecPath) => {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly errorText: string | undefined;
  };
  /** What the API says about the member. */
  readonly errorAt: (path: SpecPath) => string | undefined;
}

interface GivenText {
  readonly text: string;
  readonly spec: Spec;
  readonly onChange: (text: string) => void;
  readonly errors: readonly FieldError[];
}

export const createSpecEditor = ({ text, spec, onChange, errors }: GivenText): SpecEditor => {
  const errorAt = (path: SpecPath) => {
    const pointer = toPointer(path);
    const found = errors.filter((error) => error.pointer === pointer).map(({ detail }) => detail);
    return found.length === 0 ? undefined : found.join(' ');
  };
  const setAll: SpecEditor['setAll'] = (changes) => {
    if (changes.length > 0) onChange(changes.reduce((edited, [path, value]) => editSpec(edited, path, value), text));
  };
  const set: SpecEditor['set'] = (path, value) => setAll([[path, value]]);
  return {
    spec,
    set,
    setAll,
    errorAt,
    field: (path) => ({
      value: getText(spec, path),
      onChange: (value) => set(path, value === '' ? undefined : value),
      errorText: errorAt(path),
    }),
  };
};
