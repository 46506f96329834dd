import { type FileHandle, open, stat } from 'node:fs/promises';

import { toLocalPath } from '#cli/input/files.ts';
import { UsageError } from '#cli/options/usage-error.ts';

/** The first bytes of a zip file. A jar is one. */
const zipMagic = Buffer.from('PK\u0003\u0004', 'latin1');

export interface LocalJar {
  readonly file: string;
  readonly bytes: number;
}

const isRemote = (jar: string) => jar.startsWith('s3://');

/**
 * Checks the jar of the command line before any request to the API.
 *
 * @returns undefined for an earlier upload (`s3://….jar`).
 * @throws UsageError in Flink's words when the file does not exist or is not a jar.
 */
export const inspectJar = async (jar: string): Promise<LocalJar | undefined> => {
  if (isRemote(jar)) return undefined;
  if (jar.startsWith('local:'))
    throw jarError(
      `${jar} is in the image, but a session needs a file of this machine. For an application, use --target kubernetes-application`,
    );
  if (jar.trim() === '') throw jarError('the name of the JAR file is empty. Name a file');
  const file = toLocalPath({ file: jar, option: 'the jar' });
  const found = await stat(file).catch(() => undefined); // reported below
  if (found === undefined) throw jarError(`JAR file does not exist: ${jar}`);
  if (!found.isFile()) throw jarError(`JAR file is not a file: ${jar}`);
  if (!/\.jar$/i.test(file)) throw jarError(`not a jar, because its name does not end with .jar: ${jar}`);
  if (!(await isZip(file))) throw jarError(`not a jar, because it is not a zip file: ${jar}`);
  return { file, bytes: found.size };
};

const jarError = (detail: string) => new UsageError(`Could not get job jar and dependencies from JAR file: ${detail}`);

const isZip = async (file: string): Promise<boolean> => {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(zipMagic.length), 0, zipMagic.length, 0);
    return bytesRead === zipMagic.length && buffer.equals(zipMagic);
  } catch (error) {
    throw jarError(`JAR file cannot be read: ${file} (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    await handle?.close();
  }
};
