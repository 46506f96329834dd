import { escapeUri } from '#events/escape-uri.ts';
import { UsageError } from '#cli/options/usage-error.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with encoded segments. @throws UsageError for a segment that would change the path, as `..`. */
export const path = (literals: TemplateStringsArray, ...names: readonly string[]): string =>
  literals.reduce((text, literal, index) => `${text}${segment(names[index - 1] ?? '')}${literal}`);

const segment = (name: string): string => {
  if (/^\.{0,2}$/.test(name)) throw new UsageError(`"${name}" is not a valid name.`);
  return escapeUri(name);
};

/** The URL of a request. The endpoint may have a path of its own. */
export const buildUrl = (apiUrl: URL, pathname: string, query: Query = {}): URL => {
  const url = new URL(apiUrl);
  url.pathname = `${apiUrl.pathname.replace(/\/$/, '')}${pathname}`;
  url.search = Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${escapeUri(key)}=${escapeUri(String(value))}`]))
    .join('&');
  return url;
};
