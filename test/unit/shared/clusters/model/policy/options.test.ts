import { describe, expect, it } from 'vitest';

import type { Policy } from '#events/records/policy.ts';
import { sendHttp } from '#test/fakes/origins.ts';
import { clusterId, setPolicy, world } from '#test/unit/shared/clusters/fixture.ts';

import {
  type Data,
  session,
  application,
  options,
  pod,
  volume,
  dynamic,
  jobOf,
  local,
  sources,
  restricted,
  hardened,
  images,
  digest,
  image,
  secrets,
  locked,
} from '#test/support/policy-attacks/builders.ts';
import { optionAttacks } from '#test/support/policy-attacks/options.ts';

import { itRefuses } from './refusals.ts';

itRefuses(optionAttacks);

describe('the policy of a target', () => {
  const accepted: readonly (readonly [data: Data, policy?: Partial<Policy>])[] = [
    [session({})],
    [pod({ serviceAccountName: 'default' })],
    [pod(hardened), restricted],
    [session({ image }), images],
    [session({ image: `registry.example.com/flink@${digest}` }), { images: ['*@sha256:*'] }],
    [session({ image: 'flink:2.2' }), { images: ['flink:*'] }],
    [options({ 'kubernetes.service-account': 'admin' }), { serviceAccounts: ['admin'] }],
    [
      options({ 'kubernetes.rest-service.exposed.type': 'NodePort', 'kubernetes.rest-service.annotations': 'a:b' }),
      { exposure: ['NodePort'] },
    ],
    [options({ 'kubernetes.jobmanager.annotations': 'prometheus.io/scrape:true' })],
    [jobOf(local)],
    [jobOf('s3a://jars/etl/a.jar'), sources],
    [jobOf('https://A.example.com:443/a.jar?signature=x'), sources],
    [jobOf('http://anywhere.example/a.jar', { 'user.artifacts.raw-http-enabled': 'true' }), { jars: ['*'] }],
    [application({ sql: { script: "ADD JAR 's3://jars/etl/udf.jar'; INSERT INTO a SELECT 'JAR'" } }), sources],
    [application({ python: { file: 'a.py', sources: { 'a.py': '' } } })],
    [options({ 'kubernetes.secrets': 'etl-a:/mnt' }), secrets],
    [session({ hadoop: { 'core-site.xml': '<configuration/>' } }), { secrets: [] }],
    [options({ 'pipeline.name': 'etl', 'kubernetes.service-account': 'flink' }), locked],
    [options({ 'kubernetes.jobmanager.labels.team': 'a' }), locked],
    [pod({ serviceAccountName: 'flink' }), locked],
    [dynamic("-Dpipeline.name=etl -D'a.b=c d' --x")],
    [volume({ hostPath: { path: '/' } }), { podSecurity: 'privileged' }],
  ];

  it.each(accepted.map(([data, policy = {}]) => [data, policy] as const))(
    'accepts %j with %j',
    async (data, policy) => {
      setPolicy({ denied: [], ...policy });

      expect(await sendHttp('deploy', { clusterId, data }, world)).toMatchObject({ outcome: 'done' });
    },
  );

  it('forces its locked options, whatever the defaults and the command say', async () => {
    setPolicy({ denied: [], ...locked });

    await sendHttp('deploy', { clusterId, data: session({}) }, world);

    const { deployment, config } = world.kubernetes.cluster(clusterId).manifests as unknown as {
      deployment: { metadata: { labels: object } };
      config: Record<string, { value: unknown; from: string }>;
    };
    expect(config['pipeline.name']).toEqual({ value: 'etl', from: 'target' });
    expect(deployment.metadata.labels).toMatchObject({ team: 'a' });
  });
});
