import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { drey } from '#test/unit/cli/drey.ts';

/** Without an API, and without knowing where one is. */
const render = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  drey(['render', ...words], { api: undefined, env });
const documentsOf = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS());

describe('the configuration folder', () => {
  let folder: string;
  const put = (name: string, text: string) => writeFile(join(folder, name), text);
  const session = (...more: readonly string[]) => ['kubernetes-session', '-Dkubernetes.cluster-id=x', ...more];
  const renderHere = (...words: readonly string[]) => render(words, { FLINK_CONF_DIR: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-conf-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('must exist', async () => {
    const ended = await render(session(), { FLINK_CONF_DIR: '/nowhere/conf' });

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        "The given configuration directory name '/nowhere/conf' (/nowhere/conf) does not describe an existing directory.\n",
    });
  });

  it('has to hold a config.yaml', async () => {
    const ended = await renderHere(...session());

    const file = join(folder, 'config.yaml');
    expect(ended).toMatchObject({ code: 1, stderr: `The Flink config file '${file}' (${file}) does not exist.\n` });
  });

  it('may hold a flink-conf.yaml for Flink 1.20 only', async () => {
    await put('flink-conf.yaml', 'jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n');

    const [newest, old, byImage] = [
      await renderHere(...session()),
      await renderHere(...session('-Ddrey.flink-version=1.20')),
      await renderHere(...session('-Dkubernetes.container.image.ref=flink:1.20.3')),
    ];

    expect(newest).toMatchObject({ code: 1, stderr: expect.stringContaining('-Ddrey.flink-version=1.20') });
    expect(old).toMatchObject({ code: 0, stdout: expect.stringContaining('config.yaml: |') });
    expect(old.stderr).toContain('WARN The configuration folder (files of a request) has no log4j-console.properties');
    expect(old.stdout).not.toContain('flink-conf.yaml');
    expect(byImage.stdout).toContain('size: 1600m');
  });

  it('sets the options that -D does not set, under any name of an option', async () => {
    const texts = [
      'execution: {target: kubernetes-application}',
      'kubernetes: {cluster-id: of-the-folder, namespace: etl, container: {image: {ref: "flink:2.2"}}}',
      'jobmanager: {memory: {process: {size: 1600m}}}',
      'taskmanager: {memory: {process: {size: 1728m}}}',
    ];
    await put('config.yaml', texts.join('\n'));

    const ended = await renderHere('run', '-Dkubernetes.container.image=mine:2.2', 'local:///x.jar');

    const [deployment] = documentsOf(ended.stdout);
    expect(deployment).toMatchObject({
      metadata: { name: 'of-the-folder', namespace: 'etl' },
      spec: { template: { spec: { containers: [{ image: 'mine:2.2' }] } } },
    });
    expect(ended.stdout).not.toContain('log4j'); // the folder has none
  });

  it('reports invalid YAML', async () => {
    await put('config.yaml', 'a: [');

    expect(await renderHere(...session())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The Flink config file '${join(folder, 'config.yaml')}' cannot be used.\n  `),
    });
  });
});
