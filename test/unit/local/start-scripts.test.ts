import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { toYaml } from '#shared/flink/config-yaml.ts';

const scripts = new URL('../../../local/kubernetes/flink/bin/', import.meta.url).pathname;

/** Calculates no memory options, and prints the arguments of Flink's process. */
const java = `#!/bin/bash
case "$*" in
  *BashJavaUtils*) printf 'BASH_JAVA_UTILS_EXEC_RESULT:%s\\n' -Xmx1g '-D a=b' ;;
  *) printf '%s\\n' "$@" ;;
esac
`;

const options = {
  'env.java.default-opts.all': '-Da=1',
  'env.java.opts.all': '-Da=2 --add-opens=java.base/java.lang=ALL-UNNAMED',
  'env.java.opts': '-Dunused=1',
  'env.java.default-opts.jobmanager': '-Dj=1',
  'env.java.opts.jobmanager': '-Dj=2',
  'env.java.default-opts.taskmanager': '-Dt=1',
  'env.java.opts.taskmanager': '-Dt=2',
  'env.java.opts.client': '-Dc=1',
};

/** @see Flink 2.2, `config.sh` */
describe('the start scripts of the local images', () => {
  const home = mkdtempSync(join(tmpdir(), 'drey-flink-'));
  mkdirSync(join(home, 'java/bin'), { recursive: true });
  writeFileSync(join(home, 'java/bin/java'), java, { mode: 0o755 });
  afterAll(() => rmSync(home, { recursive: true }));

  /** The JVM options that a script passes after the memory options, and before the settings of the log. */
  const runScript = (command: readonly string[], config: Readonly<Record<string, string>>): readonly string[] => {
    const [script = '', ...args] = command;
    writeFileSync(join(home, 'config.yaml'), toYaml(config));
    const env = { PATH: process.env['PATH'], FLINK_HOME: home, FLINK_CONF_DIR: home, JAVA_HOME: join(home, 'java') };
    const lines = execFileSync(join(scripts, script), args, { env, encoding: 'utf8' }).split('\n');
    return lines
      .slice(
        lines.indexOf('-XX:+IgnoreUnrecognizedVMOptions'),
        lines.findIndex((line) => line.startsWith('-Dlog')),
      )
      .filter((line) => line !== '-Xmx1g');
  };

  const ofAll = ['-XX:+IgnoreUnrecognizedVMOptions', '-Da=1', '-Da=2', '--add-opens=java.base/java.lang=ALL-UNNAMED'];

  it.each([
    ['a JobManager', ['kubernetes-jobmanager.sh', 'kubernetes-session'], [...ofAll, '-Dj=1', '-Dj=2']],
    ['a TaskManager', ['kubernetes-taskmanager.sh'], [...ofAll, '-Dt=1', '-Dt=2']],
    ['the client', ['flink', 'list'], [...ofAll, '-Dc=1']],
    ['the client of sessions', ['kubernetes-session.sh'], [...ofAll, '-Dc=1']],
  ])('pass the options of %s in the order of Flink', (_, command, expected) => {
    expect(runScript(command, options)).toEqual(expected);
  });

  it('read the deprecated name only without the current one', () => {
    expect(runScript(['kubernetes-taskmanager.sh'], { 'env.java.opts': '-Dold=1' })).toContain('-Dold=1');
  });
});

/** @see The entry point of Flink's official images */
describe('the entry point of the local images', () => {
  const home = mkdtempSync(join(tmpdir(), 'drey-flink-'));
  const config = join(home, 'conf/config.yaml');
  for (const folder of ['bin', 'conf', 'java/bin', 'lib', 'opt', 'plugins'])
    mkdirSync(join(home, folder), { recursive: true });
  // In place of Flink, it answers the options that it gets as the content of the file.
  const flink = `#!/bin/bash
case "$*" in *refused*) echo 'not valid'; exit 1 ;; esac
printf 'BASH_JAVA_UTILS_EXEC_RESULT:%s\\n' "\${@:8}"
`;
  writeFileSync(join(home, 'java/bin/java'), flink, { mode: 0o755 });
  for (const jar of ['flink-s3-fs-hadoop-2.2.1.jar', 'flink-python-2.2.1.jar'])
    writeFileSync(join(home, 'opt', jar), '');
  afterAll(() => rmSync(home, { recursive: true }));

  const enter = (command: readonly string[], variables: Readonly<Record<string, string>> = {}) => {
    rmSync(join(home, 'plugins'), { recursive: true });
    mkdirSync(join(home, 'plugins'));
    rmSync(config, { recursive: true, force: true });
    writeFileSync(config, 'a: 1\n');
    return run(command, variables);
  };
  const run = (command: readonly string[], variables: Readonly<Record<string, string>>) => {
    const env = { PATH: process.env['PATH'], FLINK_HOME: home, JAVA_HOME: join(home, 'java'), ...variables };
    const { status, stdout, stderr } = spawnSync(join(scripts, '../docker-entrypoint.sh'), command, {
      env,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const linkOf = (jar: string) => readlinkSync(join(home, 'plugins', jar.replace(/\.jar$/, ''), jar));

  it('runs the command and changes nothing without variables', () => {
    expect(enter(['echo', 'a  b', '$HOME'])).toEqual({ status: 0, stdout: 'a  b $HOME\n', stderr: '' });
    expect(readFileSync(config, 'utf8')).toBe('a: 1\n');
  });

  it('passes the exit code of the command on', () => {
    expect(enter(['bash', '-c', 'exit 7'])).toMatchObject({ status: 7 });
  });

  it('makes each jar of ENABLE_BUILT_IN_PLUGINS a plugin', () => {
    const jars = ['flink-s3-fs-hadoop-2.2.1.jar', 'flink-python-2.2.1.jar'];

    expect(enter(['true'], { ENABLE_BUILT_IN_PLUGINS: jars.join(';') })).toMatchObject({ status: 0 });

    expect(jars.map(linkOf)).toEqual(jars.map((jar) => join(home, 'opt', jar)));
  });

  it('does not run the command when a jar is missing, and names those that are there', () => {
    const { status, stdout, stderr } = enter(['echo', 'ran'], { ENABLE_BUILT_IN_PLUGINS: 'flink-s3-fs-hadoop-9.jar' });

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/flink-s3-fs-hadoop-9\.jar .* flink-python-2\.2\.1\.jar flink-s3-fs-hadoop-2\.2\.1\.jar\n$/);
  });

  it('lets Flink write the options of FLINK_PROPERTIES to its configuration', () => {
    const properties = '\n# a comment\n  s3.endpoint: http://h:1  \ntaskmanager.numberOfTaskSlots: 2\nno option\n';

    expect(enter(['true'], { FLINK_PROPERTIES: properties })).toMatchObject({ status: 0 });

    const lines = readFileSync(config, 'utf8').trimEnd().split('\n');
    expect(lines.slice(-4)).toEqual(['-D', 's3.endpoint=http://h:1', '-D', 'taskmanager.numberOfTaskSlots=2']);
  });

  it('does not run the command when Flink refuses an option', () => {
    const { status, stdout, stderr } = enter(['echo', 'ran'], { FLINK_PROPERTIES: 'a: refused' });

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('not valid');
  });

  it('runs the command without the options when the configuration cannot be written', () => {
    enter(['true']);
    rmSync(config);
    mkdirSync(config); // root may write files without permission
    chmodSync(config, 0o500);

    const { status, stdout, stderr } = run(['echo', 'ran'], { FLINK_PROPERTIES: 'a: b' });

    expect({ status, stdout }).toEqual({ status: 0, stdout: 'ran\n' });
    expect(stderr).toContain('FLINK_PROPERTIES has no effect');
  });
});
