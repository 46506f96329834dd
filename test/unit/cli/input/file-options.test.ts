import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import { drey } from '#test/unit/cli/drey.ts';
import { useFolder } from '#test/unit/cli/setup.ts';

const folder = useFolder();
const path = (name: string) => relative(process.cwd(), join(folder, name));

mkdirSync(join(folder, 'sub'));
writeFileSync(join(folder, 'program.py'), '');
// Not even root reads a link to itself.
symlinkSync('loop', join(folder, 'loop'));

const app = ['render', 'run', '--target', 'kubernetes-application'];
const program = ['-py', path('program.py')];
const session = ['render', 'kubernetes-session'];
const principal = '-Dsecurity.kerberos.login.principal=flink';

/** Every option and operand that names a file of this machine: what it is called → the words with a file. */
const fileOptions: Readonly<Record<string, (file: string) => readonly string[]>> = {
  '-py': (file) => [...app, '-py', file],
  '-pyreq': (file) => [...app, ...program, '-pyreq', file],
  '-pyarch': (file) => [...app, ...program, '-pyarch', `${file}#data`],
  '-pyfs': (file) => [...app, ...program, '-pyfs', file],
  '-Dkubernetes.pod-template-file.default': (file) => [...session, `-Dkubernetes.pod-template-file.default=${file}`],
  '-Dsecurity.kerberos.login.keytab': (file) => [...session, principal, `-Dsecurity.kerberos.login.keytab=${file}`],
  '-Dsecurity.kerberos.krb5-conf.path': (file) => [...session, `-Dsecurity.kerberos.krb5-conf.path=${file}`],
  '-f': (file) => ['render', 'sql', '-f', file],
};

const documents: Readonly<Record<string, (file: string) => readonly string[]>> = {
  '-f': (file) => ['deploy', '-f', file],
  'the operand FILE': (file) => ['batch', file],
  'the operand FILE of spec': (file) => ['spec', 'put', 'office', file],
  'the operand FILE of schedule': (file) => ['schedule', 'put', 'office', file],
  'the operand FILE of targets': (file) => ['targets', 'put', 'etl', file],
};

const run = async (words: readonly string[]) => {
  const { code, stdout, stderr } = await drey(words, { api: 'http://127.0.0.1:1' });
  return { code, text: stdout + stderr };
};

const takers = [...Object.entries(fileOptions), ...Object.entries(documents)].map(
  ([name, words]) => [name.replace(/ of .*/, ''), words] as const,
);

describe.each(takers)('a file of %s', (name, words) => {
  it('that does not exist is named with the option', async () => {
    const file = path('none');

    const { code, text } = await run(words(file));

    expect(code).toBe(1);
    expect(text).toMatch(`File ${file} of ${name} does not exist`);
  });

  it('that cannot be read is named with the option', async () => {
    const file = path('loop');

    const { code, text } = await run(words(file));

    expect(code).toBe(1);
    expect(text).toContain(`File ${file} of ${name} cannot be read (ELOOP). Check the file and its permissions.`);
  });
});

const onlyFiles = takers.filter(([name]) => name !== '-pyfs');

describe.each(onlyFiles)('a folder instead of the file of %s', (name, words) => {
  it('is refused with the option', async () => {
    const file = path('sub');

    const { code, text } = await run(words(file));

    expect(code).toBe(1);
    expect(text).toContain(`${name} is a folder. Name a file.`);
  });
});

/** A blank option of Flink is one that is not set. */
const options = takers.filter(([name]) => !name.startsWith('-D'));

describe.each(options)('an empty text instead of the file of %s', (name, words) => {
  it.each(['', ' '])('is refused with the option: "%s"', async (file) => {
    const { code, text } = await run(words(file));

    expect(code).toBe(1);
    expect(text).toContain(`${name} has no file name. Name a file.`);
  });
});

it.each([
  [['render', 'sql', '-f', 'file://host/etl.sql'], 'file://host/etl.sql of -f is not a file of this machine.'],
  [['run', '-m', 'etl', 'file://host/etl.jar'], 'file://host/etl.jar of the jar is not a file of this machine.'],
])('a URI of another machine is refused: %j', async (words, text) => {
  expect((await run(words)).text).toContain(text);
});

it.each([
  [['render', 'sql', 'etl.sql'], 'drey render sql has no operands. Name the file with -f: drey render sql -f etl.sql'],
  [['deploy', 'etl.yaml'], 'drey deploy has no operands. Name the file with -f: drey deploy -f etl.yaml'],
])('a file that is typed as an operand is refused with the option: %j', async (words, text) => {
  expect((await run(words)).text).toContain(text);
});
