const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The header of a caller with a token. API Gateway verifies the signature, so no function reads it. */
export const makeAuthorization = (claims: object): string =>
  `Bearer ${encode({ alg: 'RS256' })}.${encode(claims)}.c2lnbmF0dXJl`;
