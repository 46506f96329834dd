import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { parseConfigFile, parseLegacyConfigFile } from '#shared/flink/config-file.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { useFolder } from '#test/unit/cli/setup.ts';

const sizes = 'jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n';

const readConfigMap = (text: string): Readonly<Record<string, string>> => {
  const object = parseAllDocuments(text)
    .map((document) => document.toJS())
    .find(({ metadata }) => metadata.name.startsWith('flink-config-'));
  return object.data;
};

describe('a flink-conf.yaml of Flink 1.20', () => {
  const folder = useFolder();
  const render = async (text: string, words: readonly string[]) => {
    await writeFile(join(folder, 'flink-conf.yaml'), text);
    await writeFile(join(folder, 'log4j-console.properties'), 'rootLogger.level = INFO\n');
    return drey(['render', ...words], { api: undefined, env: { FLINK_CONF_DIR: folder } });
  };
  const version = '-Ddrey.flink-version=1.20';

  it('becomes a config.yaml, in which each argument keeps its characters', async () => {
    const jaas = ['--jaas', 'org.x.LoginModule required username="u" password="p;q";', '--empty', ''];
    const args = jaas.concat('--pwd', 'user#123', '--sql', 'INSERT INTO a\nSELECT 1');
    const words = ['run-application', '-Dkubernetes.cluster-id=j1', version, 'local:///opt/flink/usrlib/x.jar'];

    const { stdout } = await render(sizes, words.concat(args));

    const files = readConfigMap(stdout);
    expect(Object.keys(files)).not.toContain('flink-conf.yaml');
    expect(parse(files['config.yaml'] ?? '')).toMatchObject({ $internal: { application: { 'program-args': args } } });
  });

  it('has values that end at #, which a warning names', async () => {
    const text = `${sizes}s3.secret-key: abc#def\nrest.port: 8082 # why\n`;

    const { stdout, stderr } = await render(text, ['kubernetes-session', '-Dkubernetes.cluster-id=a', version]);

    expect(stderr).toBe(
      'WARN s3.secret-key in flink-conf.yaml ends before the first #, as Flink reads it. To use the whole value, write it in config.yaml.\n',
    );
    expect(parseConfigFile(readConfigMap(stdout)['config.yaml'] ?? '')).toMatchObject({
      's3.secret-key': 'abc',
      'rest.port': '8082',
    });
  });

  it('has the lines that Flink reads', () => {
    expect(parseLegacyConfigFile('a:b: c: d\r\nb : x \rc:\td\n: e\nf: \u00a0\n')).toEqual({
      'a:b': 'c: d',
      b: 'x',
      f: '\u00a0',
    });
  });
});
