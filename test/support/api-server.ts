/** Requests to the API server of the local system, as one of its users. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { KubeConfig } from '@kubernetes/client-node';

import { system } from './system.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

export interface Reply {
  readonly status: number;
  /** Of a `Status` object, which the API server answers with when it refuses. */
  readonly message: string;
}

export type User = (call: Call) => Promise<Reply>;

const config = new KubeConfig();
config.loadFromFile(system.kubeconfig);
const read = (data: string | undefined, file: string | undefined) =>
  data === undefined ? readFileSync(file ?? '') : Buffer.from(data, 'base64');

/** A user with these headers: a token, or those with which the administrator acts as another one. */
const openUser =
  (headers: Readonly<Record<string, string>>, credentials: object): User =>
  ({ method, path, body }) =>
    new Promise((resolve, reject) => {
      const cluster = config.getCurrentCluster();
      const ca = read(cluster?.caData, cluster?.caFile);
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const all = { ...headers, 'content-type': type };
      const sent = request(new URL(path, cluster?.server), { method, ca, headers: all, ...credentials }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const { message = '' } = text.startsWith('{') ? (JSON.parse(text) as { message?: string }) : {};
          resolve({ status: response.statusCode ?? 0, message });
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

/** The owner of a token, such as a program on a cluster. */
export const withToken = (token: string): User => openUser({ authorization: `Bearer ${token}` }, {});

/** A user of a group, such as Drey. */
export const inGroup = (group: string): User => {
  const user = config.getCurrentUser();
  const credentials = { cert: read(user?.certData, user?.certFile), key: read(user?.keyData, user?.keyFile) };
  return openUser({ 'impersonate-user': `attacker-of-${group}`, 'impersonate-group': group }, credentials);
};
