import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { accepted, cluster, oneTarget, problem, type Replies } from '#test/unit/cli/loopback-api.ts';
import { useFolder, useLoopbackApi } from '#test/unit/cli/setup.ts';

process.env['TZ'] = 'UTC';
const server = useLoopbackApi();
const folder = useFolder();
const clusters = '/v1/targets/local/clusters';
const app = `${clusters}/app`;
const jar = 'local:///opt/flink/usrlib/my-flink-job.jar';
const run = (replies: Replies, words: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url, env });
};
const application = (more: Partial<Cluster> = {}) => cluster({ clusterId: 'app', mode: 'application', ...more });
const starting = (...states: readonly Partial<Cluster>[]): Replies => {
  const rest = [...states];
  return {
    [`POST ${clusters}`]: accepted({ clusterId: 'app' }),
    [`GET ${app}`]: () => ({ body: application(rest.length > 1 ? rest.shift() : rest[0]) }),
  };
};
const posted = () => server.received.find(({ method }) => method === 'POST')?.json;

describe('the files of this machine', () => {
  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const configure = (more: readonly string[] = []) =>
    put(
      'config.yaml',
      ['kubernetes: {cluster-id: app}', 'rest: {bind-address: localhost, port: 9081}', ...more].join('\n'),
    );

  it.each([['kubernetes-session'], ['run-application', jar]])(
    'goes to the API with %s',
    async (action, ...operands) => {
      await configure([
        'taskmanager: {numberOfTaskSlots: 2}',
        'pipeline: {classpaths: [a, b]}',
        'parallelism: {default: 2}',
      ]);
      await put('log4j-console.properties', 'rootLogger.level = INFO');
      const pod = await put('pod.yaml', 'metadata: {labels: {team: search}}');
      const keytab = await put('flink.keytab', 'secret');
      await put('core-site.xml', '<configuration/>');
      const words = [
        '-Dtaskmanager.numberOfTaskSlots=4',
        `-Dkubernetes.pod-template-file=${pod}`,
        `-Dsecurity.kerberos.login.keytab=${keytab}`,
        '-Dsecurity.kerberos.login.principal=flink',
      ];

      const ended = await run(
        {
          ...starting({}),
          [`GET ${app}`]: operands.length > 0 ? { body: application() } : missingThen(cluster({ clusterId: 'app' })),
        },
        [action, ...words, ...operands],
        { FLINK_CONF_DIR: folder, HADOOP_CONF_DIR: folder },
      );

      expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('http://app-rest.golden:9081') });
      expect(posted()).toMatchObject({
        clusterId: 'app',
        files: { 'log4j-console.properties': 'rootLogger.level = INFO' },
        podTemplates: { default: { metadata: { labels: { team: 'search' } } } },
        hadoop: { 'core-site.xml': '<configuration/>' },
        kerberos: { keytab: { name: 'flink.keytab', base64: Buffer.from('secret').toString('base64') } },
      });
      expect((posted() as { config: unknown }).config).toEqual({
        'taskmanager.numberOfTaskSlots': '4',
        'pipeline.classpaths': '[a, b]',
        'parallelism.default': '2',
        'rest.port': '9081',
        'security.kerberos.login.principal': 'flink',
      });
    },
  );

  const missingThen = (found: Cluster) => {
    const replies = [problem('not-found', 404, 'there is none'), { body: found }];
    return () => (replies.length > 1 ? replies.shift()! : replies[0]!);
  };

  it('sets the mode of run', async () => {
    await configure(['execution: {target: kubernetes-application}']);

    const ended = await run(starting({}), ['run', jar], { FLINK_CONF_DIR: folder });

    expect(ended.stdout).toContain('Create flink application cluster app successfully');
  });

  it('must exist', async () => {
    const ended = await run({}, ['run-application', jar], { FLINK_CONF_DIR: join(folder, 'nowhere') });

    expect(ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not describe an existing directory.'),
    });
    expect(server.received).toEqual([]);
  });
});
