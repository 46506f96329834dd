import { Fault } from '#events/problems/problem.ts';
import type { Jars } from '#shared/clusters/ports/objects.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface UploadRequest {
  readonly target: string;
  readonly name: string;
  readonly bytes: number;
}

/**
 * A presigned URL to upload a jar, or the data of a command, for a target.
 *
 * @throws Fault `not-found` for the target; `jar-refused` when the file is larger than the target allows.
 */
export const createUpload = async (
  { target: targetName, name, bytes }: UploadRequest,
  { targets, jars }: Ports,
): ReturnType<Jars['createUpload']> => {
  const { maxJarBytes } = await targets.get(targetName);
  if (bytes > maxJarBytes) {
    const detail = `${name} has ${bytes} bytes. Target ${targetName} allows ${maxJarBytes} bytes.`;
    throw new Fault('jar-refused', detail, { errors: [{ pointer: '/bytes', detail }] });
  }
  return jars.createUpload({ target: targetName, name, bytes });
};
