import { constants, gunzipSync, gzipSync } from 'node:zlib';

import type { KeptFile } from '#events/records/kept-logs.ts';
import { type KeptIndex, parseIndex } from '#shared/clusters/model/kept-logs.ts';
import type { KeptFileRef } from '#shared/clusters/ports/objects.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

/** An incarnation whose files are kept. */
export type Kept = Omit<KeptFileRef, 'name'>;

/**
 * Compresses a file and stores it. The functions that do this have a part of one CPU: the fastest level is used, and one file
 * at a time is compressed, which also holds one of them in memory.
 */
export const putFile = async (
  kept: Kept,
  { text, ...file }: Omit<KeptFile, 'bytes' | 'at'> & { readonly text: string },
  { keptLogs, now, signal }: Ports,
): Promise<KeptFile> => {
  const content = Buffer.from(text);
  const compressed = gzipSync(content, { level: constants.Z_BEST_SPEED });
  await keptLogs.put({ ...kept, name: file.name }, compressed, signal);
  return { ...file, bytes: content.byteLength, at: now().toISOString() };
};

/** Undefined when the file is not kept, or no longer. */
export const readFile = async (
  kept: Kept,
  { name }: Pick<KeptFile, 'name'>,
  { keptLogs, signal }: Ports,
): Promise<string | undefined> => {
  const content = await keptLogs.read({ ...kept, name }, signal);
  return content === undefined ? undefined : gunzipSync(content).toString();
};

export const putIndex = (kept: Kept, name: string, index: KeptIndex, { keptLogs, signal }: Ports): Promise<void> =>
  keptLogs.put({ ...kept, name }, Buffer.from(JSON.stringify(index)), signal);

/** Undefined when nothing is kept. @throws Fault `version-mismatch` */
export const readIndex = async (
  kept: Kept,
  name: string,
  { keptLogs, signal }: Ports,
): Promise<KeptIndex | undefined> => {
  const content = await keptLogs.read({ ...kept, name }, signal);
  return content === undefined ? undefined : parseIndex(JSON.parse(Buffer.from(content).toString()));
};
