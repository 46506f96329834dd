import * as z from 'zod';

import { deploy } from './commands/deploy.ts';

export const SpecName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'a spec or schedule is named with at most 63 lower-case letters, digits and "-"',
  )
  .meta({ description: 'Its name in the target.', example: 'office' });

/** What is stored: a deploy, without what belongs to a single one. */
export const SpecBody = deploy.data
  .omit({ taskToken: true, deadline: true })
  .meta({ id: 'SpecBody', description: 'The body of a deploy, to be deployed by name.' });
export type SpecBody = z.output<typeof SpecBody>;

const head = { name: SpecName, target: z.string(), updatedAt: z.iso.datetime() };

export const Spec = z
  .strictObject({
    ...head,
    deploy: z.record(z.string(), z.unknown()).meta({ description: 'What was stored, with its defaults: a SpecBody.' }),
  })
  .meta({ id: 'Spec' });
export type Spec = Readonly<z.infer<typeof Spec>>;

export const Specs = z.strictObject({ specs: z.array(z.strictObject(head)) }).meta({ id: 'Specs' });
export type Specs = Readonly<z.infer<typeof Specs>>;
/** Without what is in it, which may be secret. */
export type SpecHead = Specs['specs'][number];
