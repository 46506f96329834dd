import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { toYaml } from '#shared/flink/config-file.ts';

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
