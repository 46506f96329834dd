import { Fault } from '#events/problems/problem.ts';

/**
 * Template tag for the path of a URL. Each value is encoded as one segment of the path.
 *
 * @throws Fault `malformed-request` when a value is empty, `.` or `..`. These change the path and cannot be encoded.
 */
export const urlPath = (strings: TemplateStringsArray, ...values: readonly string[]): string =>
  String.raw({ raw: strings }, ...values.map(encodeSegment));

const encodeSegment = (value: string): string => {
  if (/^\.{0,2}$/.test(value)) throw new Fault('malformed-request', `"${value}" is not a valid name.`);
  return encodeURIComponent(value);
};
