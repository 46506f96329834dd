import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { type LocalFile, readLocalFile, readUserFile, type UserFile } from '#cli/api/settings-files.ts';
import { resolveSettings as settingsOf, resolveTarget } from '#cli/api/settings.ts';

const file = {
  apiUrl: 'http://127.0.0.1:4566/_aws/execute-api/abc/$default',
  region: 'eu-west-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};
const gateway = 'https://abc.execute-api.eu-central-1.amazonaws.com';

interface Given {
  readonly flag: string | undefined;
  readonly env: Record<string, string>;
  readonly user?: UserFile;
  readonly file: LocalFile | undefined;
}
const settingsFrom = ({ flag, env, user = {}, file }: Given) =>
  settingsOf({ flags: { api: flag }, env, user: () => user, local: () => file });

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'drey-'));
  onTestFinished(() => rm(path, { recursive: true }));
  await mkdir(join(path, '.local'));
  return path;
};

describe('where the API is', () => {
  it.each([
    { flag: 'http://flag', env: { DREY_API: 'http://env' }, file, address: 'http://flag/' },
    { flag: undefined, env: { DREY_API: 'http://env' }, file, address: 'http://env/' },
    { flag: undefined, env: {}, user: { api: 'http://user' }, file, address: 'http://user/' },
    { flag: undefined, env: {}, file, address: file.apiUrl },
  ])('is taken from $address', ({ flag, env, user, file, address }) => {
    const settings = settingsFrom({ flag, env: { AWS_REGION: 'eu-north-1', ...env }, ...(user && { user }), file });

    expect(settings.apiUrl.href).toBe(address);
  });

  it('is required', () => {
    expect(() => settingsFrom({ flag: undefined, env: {}, file: undefined })).toThrow('No API endpoint is configured.');
  });

  it('must be a URL', () => {
    expect(() => settingsFrom({ flag: 'nonsense', env: {}, file: undefined })).toThrow(
      'The API endpoint must be an http or https URL, not "nonsense".',
    );
  });
});

describe('the region', () => {
  it.each([
    { what: 'the host of API Gateway', flag: gateway, env: { AWS_REGION: 'us-west-2' }, region: 'eu-central-1' },
    {
      what: 'the host of API Gateway in China',
      flag: 'https://abc.execute-api.cn-north-1.amazonaws.com.cn',
      env: { AWS_REGION: 'us-west-2' },
      region: 'cn-north-1',
    },
    {
      what: 'the host of API Gateway in the European Sovereign Cloud',
      flag: 'https://abc.execute-api.eusc-de-east-1.amazonaws.eu',
      env: { AWS_REGION: 'us-west-2' },
      region: 'eusc-de-east-1',
    },
    {
      what: 'the file of the one-machine system',
      flag: undefined,
      env: { AWS_REGION: 'us-west-2' },
      region: 'eu-west-1',
    },
    { what: 'AWS_REGION', flag: 'https://drey.example.com', env: { AWS_REGION: 'us-west-2' }, region: 'us-west-2' },
    {
      what: 'drey configure',
      flag: 'https://drey.example.com',
      env: {},
      user: { region: 'eu-north-1' },
      region: 'eu-north-1',
    },
    { what: 'what emulators use', flag: 'http://127.0.0.1:9', env: {}, region: 'us-east-1' },
  ])('comes from $what', ({ flag, env, user, region }) => {
    expect(settingsFrom({ flag, env, ...(user && { user }), file }).region).toBe(region);
  });

  it('is required for a host name without a region', () => {
    expect(() => settingsFrom({ flag: 'https://drey.example.com', env: {}, file: undefined })).toThrow(
      'The AWS region of the API drey.example.com is not configured.',
    );
  });
});

describe('the target', () => {
  it.each([
    { flag: 'a', env: { DREY_TARGET: 'b' }, user: { target: 'c' }, chosen: { value: 'a', from: '--at' } },
    { flag: undefined, env: { DREY_TARGET: 'b' }, user: { target: 'c' }, chosen: { value: 'b', from: 'DREY_TARGET' } },
    {
      flag: undefined,
      env: { XDG_CONFIG_HOME: '/c' },
      user: { target: 'c' },
      chosen: { value: 'c', from: '/c/drey/config.json' },
    },
    { flag: undefined, env: { DREY_TARGET: '' }, user: {}, chosen: undefined },
  ])('is $chosen.value, from $chosen.from', ({ flag, env, user, chosen }) => {
    expect(resolveTarget({ flags: { target: flag }, env, user: () => user })).toEqual(chosen);
  });
});

describe('the file of drey configure', () => {
  it('is in the configuration folder of the user', async () => {
    const home = await folder();
    await mkdir(join(home, '.config/drey'), { recursive: true });
    await writeFile(join(home, '.config/drey/config.json'), '{"target":"etl"}');

    expect(readUserFile({ HOME: home })).toEqual({ target: 'etl' });
    expect(readUserFile({ XDG_CONFIG_HOME: join(home, '.config') })).toEqual({ target: 'etl' });
    expect(readUserFile({ HOME: join(home, 'other') })).toEqual({});
    expect(readUserFile({})).toEqual({});
  });

  it('must be valid JSON', async () => {
    const home = await folder();
    await mkdir(join(home, 'drey'));
    await writeFile(join(home, 'drey/config.json'), '{');

    expect(() => readUserFile({ XDG_CONFIG_HOME: home })).toThrow('cannot be read');
  });
});

describe('credentials', () => {
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c', AWS_REGION: 'eu-north-1' };

  it('of the one-machine system are for its own API', async () => {
    expect(await settingsFrom({ flag: undefined, env, file }).credentials()).toEqual(file.credentials);
  });

  it('of the environment are for every other', async () => {
    expect(await settingsFrom({ flag: gateway, env, file }).credentials()).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 'b',
      sessionToken: 'c',
    });
  });
});

describe('.local/drey.json', () => {
  it('is read where it is', async () => {
    const path = await folder();
    await writeFile(join(path, '.local/drey.json'), JSON.stringify(file));

    expect(readLocalFile(path)).toEqual(file);
  });

  it('need not be there', async () => {
    expect(readLocalFile(await folder())).toBeUndefined();
  });

  it('must be valid JSON', async () => {
    const path = await folder();
    await writeFile(join(path, '.local/drey.json'), '{');

    expect(() => readLocalFile(path)).toThrow('is not valid JSON');
  });
});
