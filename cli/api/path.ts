import { UsageError } from '#cli/options/usage-error.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

/** Percent-encoded as signatures want it: also what `encodeURIComponent` leaves alone. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/** A path whose parts cannot break out of it. */
export const path = (literals: TemplateStringsArray, ...names: readonly string[]): string =>
  literals.reduce((text, literal, index) => `${text}${segment(names[index - 1] ?? '')}${literal}`);

const segment = (name: string): string => {
  if (/^\.{0,2}$/.test(name)) throw new UsageError(`Not a name: "${name}"`);
  return encode(name);
};

/** The address of a call, behind the path that the API itself has. */
export const urlOf = (apiUrl: URL, pathname: string, query: Query = {}): URL => {
  const url = new URL(apiUrl);
  url.pathname = `${apiUrl.pathname.replace(/\/$/, '')}${pathname}`;
  url.search = Object.entries(query)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${encode(key)}=${encode(String(value))}`]))
    .join('&');
  return url;
};
