import * as z from 'zod';

import { shorten } from '#events/problems/shorten.ts';

/**
 * The values in answers of Flink's REST API. A program on the cluster can answer in place of Flink, so each value has the
 * limits of what Drey does with it.
 */

/** A text for people, such as the name of a job. Records and events store at most 1,000 characters of it. */
export const Text = z.string().transform((text) => shorten(text, 1_000));

/** A path, an address or an ID. A shortened one would be another one, so a longer one is refused. */
export const Identifier = z.string().max(4_096);

/** Milliseconds since 1970; -1 for a time that is not known. */
export const Time = z.int().min(-1).max(8_640_000_000_000_000);
