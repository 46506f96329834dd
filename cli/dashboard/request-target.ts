/** The target of a request line, in the only spelling that the loopback servers accept. */
export interface RequestTarget {
  /** With encoded segments, as the client wrote it. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
}

/**
 * One or more segments. Encoded are only characters that a name may have: no slash, backslash, dot, percent sign or control
 * character, and nothing beyond ASCII.
 */
const pathPattern = /^(?:\/(?:[\w.~!$&'()*+,;=:@-]|%(?:2[0-46-9A-D]|[3-7][\dA-F](?<!%5C|%7F)))+)+$/i;

/** Printable ASCII without `#`. */
const queryPattern = /^[!"$-~]*$/;

const maxLength = 8_000;

/**
 * Parses the target of a request. It is never normalized: a path with `.`, `..`, an empty segment, or an encoded slash or dot is
 * refused, so that no part of the way reads it as another path.
 *
 * @returns Undefined for a target that is refused.
 */
export const parseRequestTarget = (target: string): RequestTarget | undefined => {
  if (target.length > maxLength) return undefined;
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? '' : target.slice(mark + 1);
  const hasDots = path.split('/').some((segment) => segment === '.' || segment === '..');
  if (hasDots || !queryPattern.test(query)) return undefined;
  return path === '/' || pathPattern.test(path) ? { path, query } : undefined;
};
