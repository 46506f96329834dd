import { type FieldError, toPointer } from '#events/problems/problem.ts';
import { listMasks } from '#events/secrets.ts';

/** The masks in what a caller gives, such as a spec that Drey has printed. They would replace the values that they hide. */
export const findMaskErrors = (given: unknown): readonly FieldError[] =>
  listMasks(given).map((path) => ({
    pointer: toPointer(path),
    detail: 'has a mask that Drey shows in place of a secret. Write the value itself.',
  }));
