import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { getEmulatorSettings } from '#local/emulators/functions.ts';
import { startOptions } from '#local/options.ts';
import { type LocalOptions, settingsFrom } from '#local/settings.ts';
import { getTokenReviewUrl } from '#local/services/token-review.ts';

const parse = (...args: readonly string[]): LocalOptions => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const option of startOptions()) program.addOption(option);
  return program.parse(args, { from: 'user' }).opts<LocalOptions>();
};

describe('--aws-endpoint', () => {
  it.each([
    ['http://127.0.0.1:4577', 'http://127.0.0.1:4577'],
    ['http://127.0.0.1:4577/', 'http://127.0.0.1:4577'],
    // With a host name, S3 would have a host for each bucket.
    ['http://localhost:4577', 'http://127.0.0.1:4577'],
  ])('%s is the address of AWS for all programs', (endpoint, awsUrl) => {
    expect(settingsFrom(parse('--aws-endpoint', endpoint))).toMatchObject({ awsUrl, hasOwnEmulator: false });
  });

  it.each(['4566', 'localhost:4566', 'https://127.0.0.1:4566', 'http://127.0.0.1:4566/path', ''])(
    'refuses %j, which is no address of an emulator',
    (endpoint) => {
      expect(() => parse('--aws-endpoint', endpoint)).toThrow('not an address such as http://127.0.0.1:4566');
    },
  );

  it('makes the EKS endpoint review tokens, on the port after those of Kubernetes', () => {
    const settings = settingsFrom(parse('--aws-endpoint', 'http://127.0.0.1:4577', '--kubernetes-port', '7000'));

    expect(getTokenReviewUrl(settings)).toBe('http://127.0.0.1:7005/token-review');
  });

  it('is not needed', () => {
    expect(settingsFrom(parse())).toMatchObject({ awsUrl: 'http://127.0.0.1:4566', hasOwnEmulator: true });
  });
});

describe('--flink', () => {
  it.each([
    [[], ['2.2']],
    [['--flink', '1.20'], ['1.20']],
    [
      ['--flink', '2.2,2.3,2.2-python'],
      ['2.2', '2.3', '2.2-python'],
    ],
  ])('%j puts the images %j on the node', (args, flink) => {
    expect(settingsFrom(parse(...args))).toMatchObject({ flink });
  });

  it.each(['1.19', '2.2.1', '2.2,', '', '2.2-java'])('refuses %j and names the versions', (text) => {
    expect(() => parse('--flink', text)).toThrow('1.20, 2.0, 2.1, 2.2, 2.3, each also with -python');
  });
});

describe('the functions', () => {
  const urls = { awsUrl: 'http://127.0.0.1:4577', eksEndpointUrl: 'http://127.0.0.1:7005' };

  it('run on the bootstrap of the project, without addresses, on the emulator that a start starts', () => {
    expect(getEmulatorSettings(urls, undefined)).toEqual({ runtime: 'provided.al2023', environment: {} });
  });

  it('run on the bootstrap with both addresses on another MiniStack', () => {
    expect(getEmulatorSettings(urls, { kind: 'ministack' })).toEqual({
      runtime: 'provided.al2023',
      environment: { AWS_ENDPOINT_URL: urls.awsUrl, AWS_ENDPOINT_URL_EKS: urls.eksEndpointUrl },
    });
  });

  it("run on Lambda's Node on LocalStack, which sets its own address", () => {
    expect(getEmulatorSettings(urls, { kind: 'localstack' })).toEqual({
      runtime: 'nodejs24.x',
      environment: { AWS_ENDPOINT_URL_EKS: urls.eksEndpointUrl },
    });
  });
});
