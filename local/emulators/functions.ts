import { EmulatorSettings } from '../../infra/emulator.ts';
import type { Settings } from '../settings.ts';
import type { Emulator } from './inspect.ts';

/**
 * What the functions need on an emulator. One that the start did not start has no cluster of the local system, so that
 * functions ask the EKS endpoint. MiniStack does not give its address to a bootstrap; LocalStack does, and has the
 * runtimes of Lambda.
 *
 * @param emulator An emulator that `npm start` did not start.
 */
export const getEmulatorSettings = (
  { awsUrl, eksEndpointUrl }: Pick<Settings, 'awsUrl' | 'eksEndpointUrl'>,
  emulator: Pick<Emulator, 'kind'> | undefined,
): EmulatorSettings => {
  if (emulator === undefined) return EmulatorSettings.parse({});
  const environment = { AWS_ENDPOINT_URL_EKS: eksEndpointUrl };
  return EmulatorSettings.parse(
    emulator.kind === 'localstack'
      ? { runtime: 'nodejs24.x', environment }
      : { environment: { ...environment, AWS_ENDPOINT_URL: awsUrl } },
  );
};
