import { mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { readStageSettings } from '../../../../infra/stage-settings.ts';

interface Provider {
  versionFunctions?: boolean;
  pruneFunctionVersions?: object;
}
type Plugin = new (serverless: object) => { hooks: { initialize: () => void } };
const RolloutPlugin = createRequire(import.meta.url)('../../../../infra/rollout/plugin.cjs') as Plugin;

const folder = mkdtempSync(join(tmpdir(), 'drey-rollout-'));
const useSettings = (text: string) => {
  const file = join(folder, 'stage.yml');
  writeFileSync(file, text);
  vi.stubEnv('DREY_STAGE_SETTINGS', file);
};
const initialize = (): Provider => {
  const provider: Provider = {};
  const serverless = { service: { provider }, getProvider: () => ({ getStage: () => 'prod' }) };
  new RolloutPlugin(serverless).hooks.initialize();
  return provider;
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the setting rollout', () => {
  it('makes osls version the functions, and remove old versions', () => {
    useSettings('rollout: { type: Linear10PercentEvery1Minute }');

    expect(initialize()).toEqual({ versionFunctions: true, pruneFunctionVersions: { number: 5 } });
  });

  it('leaves the functions without versions when it is not there', () => {
    useSettings('');

    expect(initialize()).toEqual({ versionFunctions: false });
  });

  it.each(['rollout: { type: Canary20Percent5Minutes }', 'rollout: {}', 'rollout: Canary10Percent5Minutes'])(
    'is refused when CodeDeploy has no such configuration: %s',
    (text) => {
      useSettings(text);

      expect(() => readStageSettings('prod')).toThrow(/stage settings in .*stage\.yml are invalid[^]*rollout/);
    },
  );
});
