/** The tokens of a reader who has signed in. */
export interface Tokens {
  readonly accessToken: string;
  /** When the access token ends, in milliseconds since 1970. Undefined: the issuer has not said it. */
  readonly expiresAt: number | undefined;
  /** Whether there is a refresh token. */
  readonly isRenewable: boolean;
  /** The claims of the ID token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The issuer has answered a sign-in with an error. The message is its reason. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

/** What the page needs of an issuer of OpenID Connect. It keeps the tokens until the tab is closed. */
export interface Issuer {
  /** The kept tokens. */
  readonly find: () => Promise<Tokens | undefined>;
  /** Goes to the issuer, which leads back to `/signed-in`. The promise is kept until the page is left. */
  readonly signIn: (path: string) => Promise<never>;
  /**
   * Ends the sign-in that led to this address.
   *
   * @returns The tokens, and the path that the sign-in began at.
   * @throws SignInRefused
   * @throws Error when the issuer does not answer, or the address is of no sign-in of this tab.
   */
  readonly complete: (address: string) => Promise<{ readonly tokens: Tokens; readonly path: string }>;
  /** Renews the tokens. Undefined: the issuer refuses it. @throws Error when the issuer does not answer, or fails. */
  readonly renew: () => Promise<Tokens | undefined>;
  readonly forget: () => Promise<void>;
  /** Forgets the tokens, and signs out at the issuer, which leads back to `/signed-out`. */
  readonly signOut: () => Promise<void>;
}
