/** Paths of the hosted page that the issuer knows, and that are no views. */
export const signedInPath = '/signed-in';
export const signedOutPath = '/signed-out';
