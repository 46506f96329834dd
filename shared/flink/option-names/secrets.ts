/**
 * Parts of the names of options whose values Flink hides in its logs.
 *
 * @see Flink 2.3 `GlobalConfiguration.SENSITIVE_KEYS`
 */
const sensitiveParts = [
  'password',
  'secret',
  'fs.azure.account.key',
  'apikey',
  'api-key',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'jaas.config',
  'http-headers',
] as const;

/** Environment variables, options of the JVM, parameters of programs, and URIs, which may contain credentials. */
const otherSecrets = [
  'containerized.',
  'env.java.',
  'kubernetes.jobmanager.entrypoint.args',
  'kubernetes.taskmanager.entrypoint.args',
  'pipeline.classpaths',
  'pipeline.global-job-parameters',
  'pipeline.jars',
  'user.artifacts.artifact-list',
] as const;

/** Options that only name Secrets of Kubernetes. */
const namesOfSecrets = [
  'kubernetes.container.image.pull-secrets',
  'kubernetes.env.secretKeyRef',
  'kubernetes.secrets',
] as const;

/** Whether an option may have a secret as its value, or in it. Operations, events and logs contain messages, so that no message quotes such a value. */
export const mayBeSecret = (key: string): boolean =>
  !namesOfSecrets.some((name) => key === name || key.startsWith(`${name}.`)) &&
  (otherSecrets.some((start) => key.startsWith(start)) ||
    sensitiveParts.some((part) => key.toLowerCase().includes(part)));
