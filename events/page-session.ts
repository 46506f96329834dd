/** `session.json`: what the page of the dashboard reads about its server. `drey dashboard` answers it, and a hosted page has it as a file. */
interface Facts {
  /** Of Drey. */
  readonly version: string;
  /** `from` names the setting that the URL comes from. */
  readonly api: { readonly url: string; readonly from?: string };
  /** Default target of the command line. */
  readonly target: string | null;
}

/** The command that serves the page calls the API. */
export interface LocalSession extends Facts {
  readonly authentication: 'iam' | 'token';
  /** Who the caller is, or where the credentials are from, in human-readable form. */
  readonly identity: string;
}

/** The page calls the API with a token of the issuer. */
export interface HostedSession extends Facts {
  readonly authentication: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
}

export type PageSession = LocalSession | HostedSession;
