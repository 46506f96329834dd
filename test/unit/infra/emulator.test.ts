import { describe, expect, it } from 'vitest';

import { readEmulatorSettings, runtimeExtensions, withEnvironment } from '../../../infra/emulator.ts';
import { functionNames, functions } from '../../../infra/functions.ts';

describe('the settings of an emulator', () => {
  it('are the bootstrap and no variables by default', () => {
    expect(readEmulatorSettings(undefined)).toEqual({ runtime: 'provided.al2023', environment: {} });
  });

  it('change the runtime of every function', () => {
    const extensions = runtimeExtensions(readEmulatorSettings('{"runtime":"nodejs24.x"}'));

    expect(Object.values(extensions)).toEqual(functionNames.map(() => ({ Properties: { Runtime: 'nodejs24.x' } })));
    expect(extensions).toHaveProperty('DeadLettersLambdaFunction');
  });

  it('add their variables to every function', () => {
    const settings = readEmulatorSettings('{"environment":{"AWS_ENDPOINT_URL_EKS":"http://127.0.0.1:7005"}}');

    const { deploy, stop } = functions;
    const environment = { AWS_ENDPOINT_URL_EKS: 'http://127.0.0.1:7005' };

    expect(withEnvironment({ deploy, stop: { ...stop, environment: { A: '1' } } }, settings)).toEqual({
      deploy: { ...deploy, environment },
      stop: { ...stop, environment: { A: '1', ...environment } },
    });
  });

  it.each(['{"runtime":"python3.13"}', '{"environment":{"A":1}}', '{"unknown":true}'])('refuse %s', (text) => {
    expect(() => readEmulatorSettings(text)).toThrow();
  });
});
