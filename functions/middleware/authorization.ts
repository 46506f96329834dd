import type middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';

import { access } from '#events/http/access.ts';
import { type Grants, isGranted } from '#events/http/grants.ts';
import { Fault } from '#events/problems/problem.ts';

import { getCaller, readClaims } from '../handlers/principal.ts';

/**
 * Decides whether a caller may use a route. IAM has already decided about a signed request. A token needs the verb of
 * the route on the target in the path.
 *
 * @param grants Undefined on a stage without tokens, where no token has a right.
 */
export const authorization = (grants: Grants | undefined): middy.MiddlewareObj<APIGatewayProxyEventV2> => ({
  before: ({ event }) => {
    const { routeKey, pathParameters } = event;
    const verb = access[routeKey];
    if (verb === undefined) throw new Error(`The route ${routeKey} needs no known verb.`);
    if (verb === 'open') return;
    getCaller(event);
    const claims = readClaims(event);
    const target = pathParameters?.['target'];
    if (claims === undefined || (grants !== undefined && isGranted({ verb, target }, claims, grants))) return;
    const place = target === undefined ? 'all targets' : `target ${target}`;
    const source =
      grants === undefined ? 'The stage grants no right to tokens.' : `Rights follow from the claim ${grants.claim}.`;
    throw new Fault(
      'access-denied',
      `The token gives no right to ${verb} on ${place}, which ${routeKey} needs. ${source} Ask an operator of Drey for the right.`,
    );
  },
});
