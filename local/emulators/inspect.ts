import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import * as z from 'zod';

import { region } from '../settings.ts';

const emulatorKinds = {
  ministack: { name: 'MiniStack', health: '/_ministack/health' },
  // MiniStack answers this path, too, so that LocalStack is tried last.
  localstack: { name: 'LocalStack', health: '/_localstack/health' },
} as const;
export type EmulatorKind = keyof typeof emulatorKinds;

/** An AWS emulator that `npm start` did not start. */
export interface Emulator {
  readonly kind: EmulatorKind;
  /** Product and version. */
  readonly name: string;
  /** The services that it offers, under its own names. */
  readonly services: ReadonlySet<string>;
  /** Whether it answers requests of keys that do not exist. Then it enforces no IAM policy either. */
  readonly acceptsUnknownKeys: boolean;
}

const Health = z.object({ version: z.string().default(''), services: z.record(z.string(), z.string()) });

/** @throws Error When no known emulator answers at the URL. */
export const inspectEmulator = async (awsUrl: string): Promise<Emulator> => {
  for (const [kind, { name, health }] of Object.entries(emulatorKinds)) {
    const found = await readHealth(`${awsUrl}${health}`);
    if (found === undefined) continue;
    const services = Object.entries(found.services).filter(([, state]) => state !== 'disabled');
    return {
      kind: kind as EmulatorKind, // a key of the table
      name: `${name} ${found.version}`.trim(),
      services: new Set(services.map(([service]) => service)),
      acceptsUnknownKeys: await acceptsUnknownKeys(awsUrl),
    };
  }
  const paths = Object.values(emulatorKinds).map(({ health }) => health);
  throw new Error(
    `No AWS emulator answers at ${awsUrl} (${paths.join(', ')}). Start it, or let npm start start one: leave out --aws-endpoint.`,
  );
};

const readHealth = async (url: string): Promise<z.infer<typeof Health> | undefined> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    return response.ok ? Health.parse(await response.json()) : undefined;
  } catch {
    return undefined; // nothing listens, or something else answers
  }
};

/** Whether an AWS emulator answers at the URL. MiniStack answers the path of LocalStack, too. */
export const answers = async (awsUrl: string): Promise<boolean> =>
  (await readHealth(`${awsUrl}${emulatorKinds.localstack.health}`)) !== undefined;

const acceptsUnknownKeys = async (endpoint: string): Promise<boolean> => {
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unknown' };
  const sts = new STSClient({ endpoint, region, credentials, maxAttempts: 1 });
  try {
    await sts.send(new GetCallerIdentityCommand());
    return true;
  } catch {
    return false;
  } finally {
    sts.destroy();
  }
};
