/** A stage whose callers have tokens: the authorizer of its routes, and the rights that its functions check. */
import type { StageSettings } from './stage-settings.ts';

/** The name of the authorizer. */
export const tokens = 'tokens';

/** The authorizers of the API as serverless.yml has them. API Gateway checks signature, issuer, audience and expiry. */
export const authorizersOf = ({ jwt }: StageSettings) =>
  jwt === undefined
    ? {}
    : {
        [tokens]: {
          type: 'jwt',
          identitySource: '$request.header.Authorization',
          issuerUrl: jwt.issuer,
          audience: jwt.audience,
        },
      };

/** The environment of the functions behind the API. */
export const grantsOf = ({ claim, rights }: NonNullable<StageSettings['jwt']>) => ({
  DREY_GRANTS: JSON.stringify({ claim, rights }),
});
