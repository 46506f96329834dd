import type * as z from 'zod';

import { Fault } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';

/** @throws Fault `target-refused` when the body does not match the schema. */
export const parseBody = <S extends z.ZodType>(
  body: unknown,
  schema: S,
  { path, target }: { readonly path: string; readonly target: NamedTarget },
): z.output<S> => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Fault('target-refused', `EKS cluster ${target.cluster} answered ${path} with an unexpected body.`, {
    cause: parsed.error,
  });
};
