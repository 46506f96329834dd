import { describePointer } from '#cli/api/cli-words.ts';
import { Failure } from '#cli/api/failure.ts';
import { isRecord } from '#events/is-record.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';

/**
 * Sends the request of a file. Errors about a member of `rollout` name that of the file, unless an option has set it.
 *
 * @param given The members that options of the command line have set.
 * @param path The path of the request.
 */
export const namingFileFields = async <T>(given: RequestFields, path: string, send: () => Promise<T>): Promise<T> => {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message, code, operationId, lines, errors, hint, cause } = error;
    // The first lines are those of the errors.
    const named = lines.map((line, index) => {
      const pointer = errors[index]?.pointer ?? '';
      const option = describePointer(pointer, path);
      return isOfFile(pointer, given) && line.startsWith(option)
        ? `${toField(pointer)}${line.slice(option.length)}`
        : line;
    });
    throw new Failure(message, { code, operationId, lines: named, errors, hint, cause });
  }
};

const isOfFile = (pointer: string, { rollout }: RequestFields): boolean => {
  const [, parent, member = ''] = pointer.split('/');
  if (parent === 'mode') return true;
  return parent === 'rollout' && !(isRecord(rollout) && Object.hasOwn(rollout, member));
};

/** `rollout.stableWithin`. */
const toField = (pointer: string): string => pointer.slice(1).replaceAll('/', '.');
