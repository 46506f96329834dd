import type { APIGatewayProxyEventV2, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

import { anonymous } from '#events/anonymous.ts';
import type { Claims } from '#events/http/grants.ts';
import { type Principal, toIamPrincipal, toJwtPrincipal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import { readSender } from '#shared/live/senders.ts';

const Subject = z.object({ iss: z.string().min(1), sub: z.string().optional() });
/** Without control and format characters, which would change how a terminal or a page shows a principal. */
const visible = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u;

/** What API Gateway says about the caller that it has authenticated. */
const Authorizer = z.object({
  iam: z.object({ userArn: z.string().min(1) }).nullish(),
  jwt: z.object({ claims: Subject }).nullish(),
});

/** The authenticated caller of a request. Undefined on a route without authorization. */
export const findCaller = ({ requestContext }: APIGatewayProxyEventV2): Principal | undefined => {
  if (!('authorizer' in requestContext)) return undefined;
  const { iam, jwt } = Authorizer.parse(requestContext.authorizer);
  if (iam !== undefined && iam !== null) return toIamPrincipal(iam.userArn);
  return jwt === undefined || jwt === null ? undefined : toTokenPrincipal(jwt.claims);
};

/** The principal of the log lines and metrics of a request, also of one whose caller has no valid name. */
export const describeCaller = (event: APIGatewayProxyEventV2): Principal => {
  try {
    return findCaller(event) ?? anonymous;
  } catch {
    return anonymous; // The request is refused, and the line says why.
  }
};

/** @throws Fault `malformed-request` for a token that names no subject in visible characters. */
const toTokenPrincipal = ({ iss, sub }: { readonly iss: string; readonly sub?: string | undefined }): Principal => {
  if (sub !== undefined && visible.test(sub)) return toJwtPrincipal({ iss, sub });
  const detail = `The token of ${iss} has no claim sub with visible characters, which names the caller. Use a token with such a claim.`;
  throw new Fault('malformed-request', detail, { errors: [{ pointer: '/authorization', detail }] });
};

/**
 * The claims of the caller's token, as its issuer wrote them. API Gateway has verified the token, but joins the values of
 * a list to one text, in which the name of a group with a blank looks like two groups.
 *
 * @returns undefined for a caller without a token.
 * @throws Fault `access-denied` when the header is not the token that API Gateway has verified.
 */
export const readClaims = ({ requestContext, headers }: APIGatewayProxyEventV2): Claims | undefined => {
  if (!('authorizer' in requestContext)) return undefined;
  const { jwt } = Authorizer.parse(requestContext.authorizer);
  if (jwt === undefined || jwt === null) return undefined;
  const [, payload = ''] = /^(?:Bearer )?[\w-]+\.([\w-]+)\.[\w-]+$/i.exec(headers['authorization'] ?? '') ?? [];
  const claims = parseClaims(payload);
  const { iss, sub } = jwt.claims;
  if (claims?.['iss'] === iss && claims['sub'] === sub) return claims;
  throw new Fault('access-denied', 'The header Authorization must have one token, and nothing else.');
};

const parseClaims = (payload: string): Claims | undefined => {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString())).data;
  } catch {
    return undefined; // not JSON, so not a token
  }
};

/** The authenticated caller of a request. */
export const getCaller = (event: APIGatewayProxyEventV2): Principal => {
  const caller = findCaller(event);
  if (caller === undefined) throw new Error(`API Gateway names no caller of ${event.routeKey}.`);
  return caller;
};

/** Who gave the command of a message. Nothing in the body counts, because any sender can write it. */
export const getSender = ({
  attributes,
  messageAttributes,
}: SQSRecord): Pick<QueuedMessage, 'principal' | 'redrivenBy' | 'own'> =>
  readSender({
    senderId: attributes.SenderId,
    claim: (attribute) => messageAttributes[attribute]?.stringValue,
  });
