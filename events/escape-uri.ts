/** Escapes all but the unreserved characters of RFC 3986, as signatures require it: also those that `encodeURIComponent` keeps. */
export const escapeUri = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
