import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, oneTarget } from '#test/unit/cli/loopback-api.ts';
import { useLoopbackApi } from '#test/unit/cli/setup.ts';

const server = useLoopbackApi();
const clusters = '/v1/targets/local/clusters';
const run = (...words: readonly string[]) => {
  server.answer({
    'GET /v1/targets': oneTarget,
    [`POST ${clusters}`]: accepted({ clusterId: 'app' }),
    [`GET ${clusters}/app`]: () => ({ body: cluster({ clusterId: 'app', mode: 'application' }) }),
  });
  return drey(words, { api: server.url });
};
const posted = () => server.received.find(({ method }) => method === 'POST')?.json;
const application = ['run', '-t', 'kubernetes-application'];
const sources = { 'wc.py': 'print("ä")\n' };

let folder = '';
/** The path of a file as a user in another folder types it: relative. */
const path = (name: string) => relative(process.cwd(), join(folder, name));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drey-python-'));
  for (const name of ['lib/sub', 'lib/__pycache__', 'lib/.git', 'other', 'names'])
    await mkdir(join(folder, name), { recursive: true });
  const files = {
    'wc.py': sources['wc.py'],
    'requirements.txt': 'numpy\n',
    'lib/a.py': 'a = 1\n',
    'lib/sub/b.py': '',
    'lib/a.pyc': 'x',
    'lib/__pycache__/a.cpython-311.pyc': 'x',
    'lib/.git/HEAD': 'x',
    'other/wc.py': '',
    'names/größe 1.py': 'x = 1',
    'mein Programm.py': 'import größe',
    'data.zip': Buffer.from([0x50, 0x4b, 3, 4, 0xff]),
    'large.zip': Buffer.alloc(1_048_577),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});
afterAll(() => rm(folder, { recursive: true }));

describe('a Python program of the image', () => {
  it.each([
    [['-py', 'local:///opt/wc.py'], { file: 'local:///opt/wc.py' }],
    [['--python', '/opt/wc.py'], { file: '/opt/wc.py' }],
    [['--python=/opt/wc.py'], { file: '/opt/wc.py' }],
    [
      ['-pym', 'jobs.wc', '-pyfs', '/opt/jobs,s3://bucket/a.zip', '-pyreq', '/opt/r.txt#/opt/no-wheels'],
      { module: 'jobs.wc', files: ['/opt/jobs', 's3://bucket/a.zip'], requirements: '/opt/r.txt#/opt/no-wheels' },
    ],
    [
      ['--pyModule', 'wc', '-pyarch', 's3://bucket/venv.zip#venv,/b.zip', '-pyexec', 'venv/bin/python'],
      { module: 'wc', archives: ['s3://bucket/venv.zip#venv', '/b.zip'], executable: 'venv/bin/python' },
    ],
    [
      ['-py', '/wc.py', '-pyclientexec', '/usr/bin/python3', '-pypath', '/opt/lib'],
      { file: '/wc.py', clientExecutable: '/usr/bin/python3', pythonPath: '/opt/lib' },
    ],
  ])('is the job of a deploy: %j', async (words, python) => {
    const ended = await run(...application, '-Dkubernetes.cluster-id=app', ...words);

    expect(ended).toMatchObject({ code: 0, stderr: 'Starting application cluster app …\n' });
    expect(posted()).toEqual({ mode: 'application', clusterId: 'app', config: {}, job: { python, args: [] } });
  });

  it.each([
    [['-p', '4', '--input', 'a b', '-p', '5', '-d'], { parallelism: 4, args: ['--input', 'a b', '-p', '5', '-d'] }],
    [['-input', '-Da=b'], { args: ['-input', '-Da=b'] }],
    [['input.txt', '--', '-p', '4'], { args: ['input.txt', '--', '-p', '4'] }],
    [['-n', '-s', 's3://a/b', '-x'], { args: ['-x'], restore: { path: 's3://a/b', allowNonRestoredState: true } }],
    [['-a', '--first', 'second'], { args: ['--first', 'second'] }],
  ])('gets the words after the options of Flink: %j', async (words, job) => {
    await run('run-application', '-py', '/wc.py', ...words);

    expect(posted()).toMatchObject({ job: { python: { file: '/wc.py' }, ...job } });
  });
});

describe('a Python program of this machine', () => {
  it('is sent with its files, folders and archives', async () => {
    const words = ['-pyfs', `${path('lib')},/opt/a.py`, '-pyreq', path('requirements.txt')];

    const ended = await run(...application, '-py', path('wc.py'), ...words, '-pyarch', `${path('data.zip')}#data`);

    expect(ended.code).toBe(0);
    expect(posted()).toMatchObject({
      job: {
        python: {
          file: 'wc.py',
          files: ['lib', '/opt/a.py'],
          requirements: 'requirements.txt',
          archives: ['data.zip#data'],
          sources: {
            ...sources,
            'lib/a.py': 'a = 1\n',
            'lib/sub/b.py': '',
            'requirements.txt': 'numpy\n',
            'data.zip': { base64: 'UEsDBP8=' },
          },
        },
      },
    });
    expect(JSON.stringify(posted())).not.toMatch(/pyc|HEAD/);
  });

  it('is in the objects that drey renders', async () => {
    const ended = await run(
      'render',
      ...application,
      '-Dkubernetes.cluster-id=app',
      '-py',
      path('wc.py'),
      '--day',
      '1',
    );

    const documents = parseAllDocuments(ended.stdout).map((document): unknown => document.toJS());
    expect(documents).toContainEqual(expect.objectContaining({ kind: 'ConfigMap', data: sources }));
    expect(ended.stderr).toContain('WARN Image apache/flink:2.3.0-scala_2.12 has no Python.');
  });

  it('may have blanks and umlauts in its names', async () => {
    const ended = await run('render', ...application, '-py', path('mein Programm.py'), '-pyfs', path('names'));

    const documents = parseAllDocuments(ended.stdout).map((document): unknown => document.toJS());
    expect(documents).toContainEqual(
      expect.objectContaining({
        kind: 'ConfigMap',
        data: { '.0': 'import größe', '.1': 'x = 1' },
      }),
    );
    expect(ended.stdout).toContain('/opt/flink/python/mein Programm.py');
  });

  it('is named when the path would be read in the image', async () => {
    const ended = await run(...application, '-py', join(folder, 'wc.py'));

    expect(ended.stderr).toContain(
      `WARN ${join(folder, 'wc.py')} is a path in the image. To send the file of this machine, write a relative path.`,
    );
  });
});

describe('a command line with a mistake about Python', () => {
  it.each([
    [['run', '-py', '/wc.py'], 'A session runs no Python programs'],
    [['info', '-py', '/wc.py'], 'Unrecognized option: --python'],
    [[...application, '-py', '/a.py', '-pym', 'b'], 'Cannot use options -py and -pym simultaneously.'],
    [[...application, '-pyexec', 'python3', 'local:///a.jar'], 'set -Dpython.executable=<value>.'],
    [[...application, '-py', '/a.py', '-j', 'local:///a.jar'], 'Flink ignores the jar'],
    [[...application, '-py', '/a.py', '-c', 'a.B'], '-c names a class of a jar'],
    [[...application, '-py', 'missing.py'], 'File missing.py of -py does not exist on this machine.'],
  ])('fails before any request: %j', async (words, message) => {
    const ended = await run(...words);

    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(message);
    expect(posted()).toBeUndefined();
  });

  it('fails when the files are too large, and names the largest', async () => {
    const ended = await run(...application, '-py', path('wc.py'), '-pyarch', path('large.zip'));

    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stderr).toContain('have 1048589 bytes. Together they have at most 1048576.');
    expect(ended.stderr).toContain(join(folder, 'large.zip'));
  });

  it.each([
    ['.', 'is a link to a folder'],
    ['nowhere', 'is a link to a file that does not exist'],
  ])('fails when a folder has a link to %s', async (target, text) => {
    const linked = await mkdtemp(join(folder, 'linked-'));
    await symlink(target, join(linked, 'link'));

    const ended = await run(...application, '-py', path('wc.py'), '-pyfs', relative(process.cwd(), linked));

    expect(ended.code).not.toBe(0);
    expect(ended.stdout).toContain(`${join(linked, 'link')} ${text}`);
  });

  it('fails when two files would have the same path', async () => {
    const ended = await run(...application, '-py', path('wc.py'), '-pyfs', path('other/wc.py'));

    expect(ended.stdout).toContain('have the same name. Rename one of them.');
  });
});

describe('the Python program of docs/cli.md', () => {
  const page = readFileSync('docs/cli.md', 'utf8');
  const [, line = ''] = /^\$ drey (run .*\\\n.*-py .*)$/m.exec(page) ?? [];
  const [, version = ''] = /^RUN pip3 install .*apache-flink==(\S+)$/m.exec(page) ?? [];

  it('has the version of Flink that its image has', async () => {
    const words = line.replaceAll('\\\n', ' ').trim().split(/\s+/);
    const names = new Map([
      ['word_count.py', 'wc.py'],
      ['helpers', 'lib'],
      ['requirements.txt', 'requirements.txt'],
    ]);

    const ended = await run('render', ...words.map((word) => (names.has(word) ? path(names.get(word) ?? '') : word)));

    expect(page).toContain(`\nFROM flink:${version}\n`);
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`image: my-flink:${version}`) });
    expect(ended.stderr).toBe('');
  });

  it('is sent, and not in the image', () => {
    const [, dockerfile = ''] = /```dockerfile\n([^]*?)```/.exec(page) ?? [];

    expect(dockerfile).not.toContain('COPY');
  });
});
