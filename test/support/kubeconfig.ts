import { readFile } from 'node:fs/promises';

import type { KubeConfig } from '@kubernetes/client-node';

import type { Access, Connection } from '#shared/kubernetes/access/credentials.ts';

const pem = async (data: string | undefined, file: string | undefined) =>
  data === undefined ? readFile(file ?? '', 'utf8') : Buffer.from(data, 'base64').toString();

/** The access of a kubeconfig with a client certificate. */
export const openAccess = async (config: KubeConfig): Promise<Access> => {
  const cluster = config.getCurrentCluster();
  const user = config.getCurrentUser();
  const connection: Connection = {
    server: new URL(cluster?.server ?? ''),
    ca: await pem(cluster?.caData, cluster?.caFile),
    cert: await pem(user?.certData, user?.certFile),
    key: await pem(user?.keyData, user?.keyFile),
  };
  return { open: async () => connection, identify: async () => 'arn:of:the:certificate', forget: () => {} };
};
