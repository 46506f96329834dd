import { sign } from '#cli/api/sign.ts';

import { credentials, eksCluster, namespace, region } from './settings.ts';

/** The name of the one target that the system has after its start. */
export const targetName = 'local';

const quick = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** Tells the API of the cluster that it may deploy to. */
export const seedTarget = async (apiUrl: string): Promise<void> => {
  const target = {
    cluster: eksCluster,
    region,
    namespace,
    defaults: {
      'kubernetes.service-account': 'flink',
      'kubernetes.container.image.ref': 'flink:2.2',
      // Flink is up with half the CPU: what one machine runs lives too short for Java's second compiler to be worth it.
      // Not `env.java.opts.all`, which has what Flink needs of Java 17.
      'env.java.opts.jobmanager': quick,
      'env.java.opts.taskmanager': quick,
    },
  };
  await put(new URL(`${apiUrl}/v1/targets/${targetName}`), JSON.stringify(target));
};

const put = async (url: URL, body: string): Promise<void> => {
  const method = 'PUT';
  const headers = await sign(
    { method, url, headers: { 'content-type': 'application/json' }, body },
    { region, credentials: () => Promise.resolve(credentials) },
  );
  const response = await fetch(url, { method, headers, body });
  if (!response.ok) throw new Error(`PUT ${url.href}: ${response.status} ${await response.text()}`);
};
