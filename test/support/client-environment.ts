import type { LocalSystem } from '#local/system.ts';

/** The environment of a client of a local system. */
export const toClientEnvironment = (system: LocalSystem) => ({
  ...process.env,
  DREY_API: system.apiUrl,
  DREY_TARGET: system.target,
  AWS_REGION: system.region,
  AWS_ACCESS_KEY_ID: system.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: system.credentials.secretAccessKey,
});
