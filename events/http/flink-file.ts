import * as z from 'zod';

/** The body of an answer of Flink: a text, or base64 where the answer says so. Not JSON of Drey. */
export const FlinkFile = z.string().meta({ description: "A file of Flink's web UI, or an answer of its REST API." });
