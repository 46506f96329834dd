import type { APIGatewayProxyEventV2, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

import { type Principal, toIamPrincipal, toJwtPrincipal } from '#events/principal.ts';
import { Fault } from '#events/problems/problem.ts';
import type { QueuedMessage } from '#shared/clusters/ports/messaging.ts';
import { readSender } from '#shared/live.ts';

/** What API Gateway says about the caller that it has authenticated. */
const Authorizer = z.object({
  iam: z.object({ userArn: z.string().min(1) }).nullish(),
  jwt: z.object({ claims: z.object({ iss: z.string().min(1), sub: z.string().min(1).optional() }) }).nullish(),
});

/** The authenticated caller of a request. Undefined on a route without authorization. */
export const findCaller = ({ requestContext }: APIGatewayProxyEventV2): Principal | undefined => {
  if (!('authorizer' in requestContext)) return undefined;
  const { iam, jwt } = Authorizer.parse(requestContext.authorizer);
  if (iam !== undefined && iam !== null) return toIamPrincipal(iam.userArn);
  return jwt === undefined || jwt === null ? undefined : toTokenPrincipal(jwt.claims);
};

/** @throws Fault `malformed-request` for a token that names no subject. */
const toTokenPrincipal = ({ iss, sub }: { readonly iss: string; readonly sub?: string | undefined }): Principal => {
  if (sub !== undefined) return toJwtPrincipal({ iss, sub });
  const detail = `The token of ${iss} has no claim sub, which names the caller. Use a token with this claim.`;
  throw new Fault('malformed-request', detail, { errors: [{ pointer: '/authorization', detail }] });
};

/** The authenticated caller of a request that changes something. */
export const getCaller = (event: APIGatewayProxyEventV2): Principal => {
  const caller = findCaller(event);
  if (caller === undefined) throw new Error(`API Gateway names no caller of ${event.routeKey}.`);
  return caller;
};

/** Who gave the command of a message. Nothing in the body counts, because any sender can write it. */
export const getSender = ({ attributes, messageAttributes }: SQSRecord): Pick<QueuedMessage, 'principal' | 'own'> =>
  readSender({
    senderId: attributes.SenderId,
    claim: (attribute) => messageAttributes[attribute]?.stringValue,
  });
