import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { UsageError } from '#cli/options/usage-error.ts';

/** How a zip file, which a jar is, begins. */
const zipMagic = Buffer.from('PK\u0003\u0004', 'latin1');

export interface LocalJar {
  readonly file: string;
  readonly bytes: number;
}

const isRemote = (jar: string) => jar.startsWith('s3://');

/**
 * Looks at what was typed before anything is asked of the API.
 *
 * @returns undefined for an earlier upload (`s3://….jar`).
 * @throws UsageError in Flink's words for what is not there, and for what is no jar.
 */
export const checkJar = async (jar: string): Promise<LocalJar | undefined> => {
  if (isRemote(jar)) return undefined;
  if (jar.startsWith('local:'))
    throw refused(
      `${jar} is in the image: a session takes a file of this machine; for an application say --target kubernetes-application`,
    );
  const file = jar.startsWith('file:') ? fileURLToPath(jar) : jar;
  const found = await stat(file).catch(() => undefined); // told just below
  if (found === undefined) throw refused(`JAR file does not exist: ${jar}`);
  if (!found.isFile()) throw refused(`JAR file is not a file: ${jar}`);
  if (!/\.jar$/i.test(file)) throw refused(`not a jar, its name does not end with .jar: ${jar}`);
  if (!(await beginsAsZip(file))) throw refused(`not a jar, it is no zip file: ${jar}`);
  return { file, bytes: found.size };
};

const refused = (detail: string) => new UsageError(`Could not get job jar and dependencies from JAR file: ${detail}`);

const beginsAsZip = async (file: string): Promise<boolean> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(zipMagic.length), 0, zipMagic.length, 0);
    return bytesRead === zipMagic.length && buffer.equals(zipMagic);
  } catch (error) {
    throw refused(`JAR file cannot be read: ${file} (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    await handle?.close();
  }
};
