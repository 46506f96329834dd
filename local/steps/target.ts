import { sign } from '#cli/api/sign.ts';

import { defaultFlink } from '#local/flink-versions.ts';
import { credentials, eksCluster, namespace, podBucket, region, type Settings } from '#local/settings.ts';
import { s3Secret } from './pod-storage.ts';

/** The name of the target that a start creates. */
export const targetName = 'local';

const fastStart = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** Creates the target of the Kubernetes cluster through the API. Clusters use the first image of the node. */
export const putTarget = async (apiUrl: string, settings: Settings): Promise<void> => {
  const {
    flink: [first],
    hasPodStorage,
  } = settings;
  const target = {
    cluster: eksCluster,
    region,
    namespace,
    defaults: {
      'kubernetes.service-account': 'flink',
      'kubernetes.container.image.ref': `flink:${first ?? defaultFlink}`,
      // Flink starts with half the CPU time, because jobs on one machine rarely run long enough to benefit from Java's second compiler.
      // `env.java.opts.all` stays as it is, because it has the options that Flink needs on Java 17.
      'env.java.opts.jobmanager': fastStart,
      'env.java.opts.taskmanager': fastStart,
      ...(hasPodStorage ? describeS3(settings) : {}),
    },
    policy: {
      // Flink's own guides for one computer use a NodePort.
      exposure: ['ClusterIP', 'Headless_ClusterIP', 'NodePort'],
      jars: hasPodStorage ? [`s3://${podBucket}/`] : [],
    },
  };
  await put(new URL(`${apiUrl}/v1/targets/${targetName}`), JSON.stringify(target));
};

/** Where pods find S3, and their access key. On AWS, a role of their service account takes the place of both. */
const describeS3 = ({ s3Url }: Settings) => ({
  's3.endpoint': s3Url,
  's3.path.style.access': 'true',
  'kubernetes.env.secretKeyRef': [
    `env:AWS_ACCESS_KEY_ID,secret:${s3Secret.name},key:${s3Secret.accessKey}`,
    `env:AWS_SECRET_ACCESS_KEY,secret:${s3Secret.name},key:${s3Secret.secretKey}`,
  ].join(';'),
});

/** Longer than the timeout of the function. */
const timeoutMs = 35_000;

const put = async (url: URL, body: string): Promise<void> => {
  const method = 'PUT';
  const headers = await sign(
    { method, url, headers: { 'content-type': 'application/json' }, body },
    { region, credentials: () => Promise.resolve(credentials) },
  );
  const response = await fetch(url, { method, headers, body, signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`PUT ${url.href}: ${response.status} ${await response.text()}`);
};
