import { randomUUID } from 'node:crypto';

import { escapeUri } from '#events/escape-uri.ts';
import { type AwsRequest, readJson, send } from '#shared/aws/transport/client.ts';
import { type Service, toEndpoint } from '#shared/aws/transport/endpoints.ts';
import { readRegion } from '#shared/aws/transport/environment.ts';
import type { Call, RestJsonAction } from '#shared/aws/transport/operations.ts';

type Members = Readonly<Record<string, unknown>>;

interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** The member in the path. */
  readonly name: 'name' | 'Name';
  readonly folder: 'clusters' | 'schedules';
  /** Members that are parameters of the query. The others are the body. */
  readonly query: Readonly<Record<string, string>>;
}

const group = { GroupName: 'groupName' };
/** By its token the scheduler knows a request again that is sent once more. */
const token = 'ClientToken';

const routes: Readonly<Record<RestJsonAction, Route>> = {
  'eks:DescribeCluster': { method: 'GET', folder: 'clusters', name: 'name', query: {} },
  'scheduler:GetSchedule': { method: 'GET', folder: 'schedules', name: 'Name', query: group },
  'scheduler:CreateSchedule': { method: 'POST', folder: 'schedules', name: 'Name', query: {} },
  'scheduler:UpdateSchedule': { method: 'PUT', folder: 'schedules', name: 'Name', query: {} },
  'scheduler:DeleteSchedule': {
    method: 'DELETE',
    folder: 'schedules',
    name: 'Name',
    query: { ...group, [token]: 'clientToken' },
  },
};

/** EKS and EventBridge Scheduler. @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export const callRestJson: Call<RestJsonAction> = async (action, input, options = {}) => {
  const { method, folder, name, query } = routes[action];
  const members: Members = method === 'GET' ? { ...input } : { [token]: randomUUID(), ...input };
  const service = action.slice(0, action.indexOf(':')) as Service; // by the type of an action
  const hasBody = method === 'POST' || method === 'PUT';
  const request: AwsRequest = {
    service,
    method,
    endpoint: toEndpoint(service, options.region ?? readRegion()),
    path: `/${folder}/${escapeUri(String(members[name]))}`,
    query: Object.fromEntries(Object.entries(query).map(([member, key]) => [key, String(members[member])])),
    ...(hasBody
      ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...members, [name]: undefined }) }
      : {}),
  };
  // The services answer what the operation says.
  return (await send(request, options, readJson)) as never;
};
