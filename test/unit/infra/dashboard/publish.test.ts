import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { listPageFiles } from '#cli/dashboard/page-files.ts';

import { findHosting } from '../../../../infra/dashboard/hosting.ts';
import type { HostedSession } from '#events/page-session.ts';

import { type PageFile, type PageStore, publishPage } from '../../../../infra/dashboard/publish.ts';
import { StageSettings } from '../../../../infra/stage-settings.ts';

const session: HostedSession = {
  version: '0.1.0',
  api: { url: 'https://api.example.org' },
  target: null,
  authentication: 'oidc',
  issuer: 'https://login.example.org/',
  clientId: 'page',
  scope: 'openid',
};

const now = Date.parse('2026-11-30T12:00:00.000Z');
const dayMs = 24 * 3_600_000;

/** The days since each file was written. */
type Present = Readonly<Record<string, number>>;

/** A bucket in memory, and what was done with it in order. */
const fakeStore = (present: Present) => {
  const files = new Map<string, PageFile | undefined>(Object.keys(present).map((key) => [key, undefined]));
  const calls: string[] = [];
  const store: PageStore = {
    list: async () =>
      [...files].map(([key, written]) => ({
        key,
        writtenAt: written === undefined ? now - (present[key] ?? 0) * dayMs : now,
      })),
    put: async (file) => {
      calls.push(`put ${file.key}`);
      files.set(file.key, file);
    },
    remove: async (keys) => {
      for (const key of keys) {
        calls.push(`remove ${key}`);
        files.delete(key);
      }
    },
  };
  return { files, calls, store };
};

describe('publishing the page', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-page-'));
    const page = {
      'index.html': 'new',
      'icon.svg': '<svg/>',
      'assets/main-0a1b2c3d.js': 'a',
      'assets/b-0a1b2c3d.css': 'b',
    };
    for (const [name, text] of Object.entries(page)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), text);
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  const publish = async (present: Present = {}) => {
    const fake = fakeStore(present);
    const published = await publishPage({ files: await listPageFiles(folder), session, store: fake.store, now });
    return { ...fake, published };
  };

  it('writes the page after the files that it names, and then removes those of old builds', async () => {
    const { calls, published } = await publish({
      'index.html': 8,
      'session.json': 8,
      'assets/main-11111111.js': 30,
      'old.txt': 30,
      'assets/main-22222222.js': 8,
    });

    expect(calls.slice(0, 3).toSorted()).toEqual([
      'put assets/b-0a1b2c3d.css',
      'put assets/main-0a1b2c3d.js',
      'put icon.svg',
    ]);
    expect(calls.slice(3)).toEqual([
      'put session.json',
      'put index.html',
      'remove assets/main-11111111.js',
      'remove old.txt',
    ]);
    expect(published).toEqual({ written: 5, removed: 2 });
  });

  it.each([
    ['has been the last one until now', { 'assets/a-11111111.js': 30, 'assets/b-11111111.js': 30.01 }],
    ['was replaced less than seven days ago', { 'assets/a-11111111.js': 30, 'assets/a-22222222.js': 6 }],
  ])('keeps a build that %s, for the tabs that have it open', async (_what, present) => {
    expect((await publish(present)).published.removed).toBe(0);
  });

  it('removes nothing when a file cannot be written', async () => {
    const fake = fakeStore({ 'assets/main-11111111.js': 30, 'assets/main-22222222.js': 8 });
    const store: PageStore = { ...fake.store, put: () => Promise.reject(new Error('AccessDenied')) };

    await expect(publishPage({ files: await listPageFiles(folder), session, store })).rejects.toThrow('AccessDenied');
    expect(fake.calls).toEqual([]);
  });

  it.each([
    ['index.html', 'text/html; charset=utf-8', 'no-cache'],
    ['session.json', 'application/json', 'no-cache'],
    ['icon.svg', 'image/svg+xml', 'no-cache'],
    ['assets/main-0a1b2c3d.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['assets/b-0a1b2c3d.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
  ])('writes %s as %s with the cache control %s', async (key, contentType, cacheControl) => {
    const { files } = await publish();

    expect(files.get(key)).toMatchObject({ contentType, cacheControl });
  });

  it('writes what the page knows about its stage', async () => {
    const { files } = await publish();

    expect(JSON.parse(String(files.get('session.json')?.body))).toEqual(session);
  });
});

describe('where the page of a stage goes', () => {
  const settings = StageSettings.parse({
    jwt: { issuer: session.issuer, audience: ['drey'], claim: 'groups', rights: { operators: { '*': 'admin' } } },
    dashboard: { clientId: 'page' },
  });
  const stage = { stage: 'prod', region: 'eu-central-1', settings, version: '0.1.0' };
  const outputs = {
    HostedDashboardUrl: 'https://d111.cloudfront.net',
    HostedDashboardBucketName: 'drey-prod-hosteddashboardbucket-1',
    HttpApiUrl: session.api.url,
  };

  it('is the bucket of its stack, and the session has its settings', async () => {
    const asked: string[] = [];
    const hosting = await findHosting(stage, async (stack) => {
      asked.push(stack);
      return outputs;
    });

    expect(asked).toEqual(['drey-prod']);
    expect(hosting).toEqual({ url: outputs.HostedDashboardUrl, bucket: outputs.HostedDashboardBucketName, session });
  });

  it.each([
    ['the stage has no such setting', { settings: {} }, outputs, 'Stage prod hosts no dashboard.'],
    ['there is no stack', {}, undefined, 'There is no stack drey-prod in Region eu-central-1.'],
    ['the stack is older than the setting', {}, { HttpApiUrl: 'x' }, 'was deployed without the setting dashboard'],
  ])('is refused when %s, with a way out', async (_what, changes, found, message) => {
    const failure = findHosting({ ...stage, ...changes }, async () => found);

    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ hint: expect.stringContaining('npx osls deploy --stage prod') });
  });
});
