import { Fault } from '#events/problems/problem.ts';

import type { Config } from './config.ts';
import { type OptionKey, toFieldError } from './options.ts';

/** A size in the form of Flink's own messages. */
export const formatMebibytes = (bytes: bigint): string => `${(Number(bytes) / 2 ** 20).toFixed(3)}mb (${bytes} bytes)`;

/** The sum of the parts of a memory size, with each part that is not empty. */
export const describeSum = (parts: Readonly<Record<string, bigint>>): string => {
  const sizes = Object.entries(parts).filter(([, bytes]) => bytes > 0n);
  const total = sizes.reduce((bytes, [, part]) => bytes + part, 0n);
  return `the ${formatMebibytes(total)} that its parts need: ${sizes.map(([name, bytes]) => `${name} ${formatMebibytes(bytes)}`).join(', ')}`;
};

/** A size that is too small for its parts. The least size that is enough is not known where the parts are added. */
class TooSmall extends Fault {
  readonly key: OptionKey;
  readonly detail: string;

  constructor(key: OptionKey, detail: string) {
    super('refused-option', `${key}: ${detail}`);
    this.key = key;
    this.detail = detail;
  }
}

export const createRefusal = (key: OptionKey, detail: string, kind?: 'too small'): Fault =>
  kind === undefined
    ? new Fault('refused-option', `${key}: ${detail}`, { errors: [toFieldError(key, detail)] })
    : new TooSmall(key, detail);

/** Divides the memory. The refusal of a size that is too small names the least size that is enough. */
export const withLeastSize = <T>(config: Config, divide: (config: Config) => T): T => {
  try {
    return divide(config);
  } catch (error) {
    if (!(error instanceof TooSmall)) throw error;
    const { key, detail } = error;
    const least = findLeastMebibytes((mebibytes) => succeeds(() => divide({ ...config, [key]: `${mebibytes}m` })));
    const advice = least === undefined ? 'no size is enough; set smaller parts or fractions' : `set at least ${least}m`;
    throw createRefusal(key, `${detail}; ${advice}`);
  }
};

const succeeds = (act: () => unknown): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
};

/** No machine has more memory. */
const maxMebibytes = 2 ** 30;

const findLeastMebibytes = (isEnough: (mebibytes: number) => boolean): number | undefined => {
  if (!isEnough(maxMebibytes)) return undefined;
  let [tooSmall, enough] = [0, maxMebibytes];
  while (enough - tooSmall > 1) {
    const middle = Math.floor((tooSmall + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooSmall = middle;
  }
  return enough;
};
