import * as z from 'zod';

const limit = z.coerce.number().int().min(1);
const cursor = z
  .string()
  .max(1_000)
  .optional()
  .meta({ description: '`cursor` of the previous page. Default: the first page.' });

/** The query of a list that is divided into pages. */
export const pageQuery = (size: { readonly max: number; readonly default: number }) => ({
  limit: limit.max(size.max).default(size.default).meta({
    description: 'Maximum number of items. A page may have fewer, because a response has at most 6 MB.',
  }),
  cursor,
});

export const PageQuery = z.strictObject(pageQuery({ max: 1_000, default: 100 }));

/** The members of a page beside its items. */
export const nextCursor = {
  cursor: z.string().optional().meta({ description: 'Present if there are more items. Pass it as `cursor`.' }),
};

/** The members of a page of records beside its items. */
export const recordPage = {
  ...nextCursor,
  unreadable: z.array(z.string()).optional().meta({
    description: 'Names of records that another version of Drey wrote, in a form that this version cannot read.',
  }),
};
