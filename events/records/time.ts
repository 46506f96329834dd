import * as z from 'zod';

/** A time in records and answers, in ISO 8601 with the zone Z. */
export const Time = z.iso.datetime();
