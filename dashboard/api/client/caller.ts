/** Who calls the API from a hosted page, with tokens of an issuer. `drey dashboard` itself is the caller of its page. */
export interface Caller {
  /** In human-readable form. */
  readonly identity: string;
  /** The header `Authorization` of a call, with a token that is valid. */
  readonly authorize: () => Promise<string>;
  /** The API has refused the token: signs in again. Returns when that has not helped before. */
  readonly onRefused: () => Promise<void>;
  readonly onAccepted: () => void;
  readonly signOut: () => Promise<void>;
}

let current: Caller | undefined;

/** The page has one caller, from its start to its end. */
export const setCaller = (caller: Caller | undefined): void => {
  current = caller;
};

/** Undefined in a page of `drey dashboard`. */
export const getCaller = (): Caller | undefined => current;

/** A page of `drey dashboard` has no TLS. A hosted one does, also before its reader has signed in. */
export const isHosted = (): boolean => current !== undefined || location.protocol === 'https:';

/** Sends a request to the API: with a token if the page is hosted. */
export const send = async (request: Request): Promise<Response> => {
  // `fetch` is looked up at each call, so that a test can put its own in place.
  if (current === undefined) return fetch(request);
  request.headers.set('Authorization', await current.authorize());
  const response = await fetch(request);
  if (response.status === 401) await current.onRefused();
  else current.onAccepted();
  return response;
};
