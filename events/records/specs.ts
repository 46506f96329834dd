import * as z from 'zod';

import { deploy } from '#events/commands/deploy.ts';
import { nextCursor } from '#events/http/paging.ts';
import { Principal } from '#events/principal.ts';

export const SpecName = z
  .string()
  .regex(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'The name of a spec or schedule has at most 63 lower-case letters, digits and "-".',
  )
  .meta({ description: 'Name of a spec or schedule, unique in the target.', example: 'office' });

/** The stored part of a deploy: everything except the members of a single execution. */
export const SpecBody = deploy.data
  .omit({ taskToken: true, deadline: true })
  .meta({ id: 'SpecBody', description: 'The body of a deploy, stored under a name.' });
export type SpecBody = z.output<typeof SpecBody>;

const specFields = { name: SpecName, target: z.string(), updatedAt: z.iso.datetime() };

export const Spec = z
  .strictObject({
    ...specFields,
    updatedBy: Principal,
    deploy: z.record(z.string(), z.unknown()).meta({ description: 'The stored SpecBody with its defaults.' }),
  })
  .meta({ id: 'Spec' });
export type Spec = Readonly<z.infer<typeof Spec>>;

export const Specs = z
  .strictObject({ specs: z.array(z.strictObject(specFields)), ...nextCursor })
  .meta({ id: 'Specs' });
export type Specs = Readonly<z.infer<typeof Specs>>;
/** A spec without its content, which may contain secrets. */
export type SpecHead = Specs['specs'][number];
