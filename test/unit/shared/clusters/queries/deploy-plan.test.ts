import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { Fault } from '#events/problems/problem.ts';
import { planDeploy } from '#shared/clusters/queries/deploy-plan.ts';
import { clusterId, world, setPolicy } from '#test/unit/shared/clusters/fixture.ts';

const programJar = 'local:///opt/flink/usrlib/job.jar';
const application = { mode: 'application', job: { jar: programJar, args: ['--n', '3'] } };

describe('the plan of a deploy', () => {
  const plan = (data: Readonly<Record<string, unknown>>) =>
    planDeploy('local', commands.deploy.data.parse(data), world.ports);

  it('has the objects, the origin of each value, and the response of the target', async () => {
    const planned = await plan({ ...application, clusterId, config: { 'kubernetes.jobmanager.cpus': '1' } });

    expect(planned).toMatchObject({
      clusterId,
      objects: [{ kind: 'Deployment' }, { kind: 'Service' }, { kind: 'Service' }, { kind: 'ConfigMap' }],
      config: {
        'kubernetes.service-account': { value: 'flink', from: 'target' },
        'pipeline.jars': { value: [programJar], from: 'command' },
      },
      warnings: [expect.stringContaining('kubernetes.jobmanager.cpus')],
      dryRun: 'passed',
      errors: [],
    });
    expect(world.kubernetes.clusters.size).toBe(0);
    expect(world.store.operations.size).toBe(0);
  });

  it('does not contain the keytab', async () => {
    const { objects } = await plan({
      mode: 'session',
      config: { 'security.kerberos.login.principal': 'flink' },
      kerberos: { keytab: { name: 'flink.keytab', base64: 'c2VjcmV0' } },
    });

    expect(objects).toContainEqual(expect.objectContaining({ kind: 'Secret', data: { 'flink.keytab': '******' } }));
    expect(JSON.stringify(objects)).not.toContain('c2VjcmV0');
  });

  it('has no secret of the command', async () => {
    setPolicy({ jars: ['*'], plainSecrets: true });
    const env = [{ name: 'PLAIN', value: 'canary-env' }];
    const { podTemplates, ...canaries } = {
      podTemplates: { default: { spec: { containers: [{ name: 'sidecar', image: 'a', args: ['canary-arg'], env }] } } },
      config: {
        's3.secret-key': 'canary-key',
        'containerized.master.env.PLAIN': 'canary-variable',
        'env.java.opts.jobmanager': '-Dx=canary-opts',
        'kubernetes.jobmanager.entrypoint.args': '-Dx=canary-entrypoint',
        'pipeline.classpaths': 'https://flink:canary-password@example.com/a.jar?signature=canary-signature',
      },
      files: { 'log4j-console.properties': 'canary-file' },
      hadoop: { 'core-site.xml': 'canary-hadoop' },
    };

    const jar = 'https://flink:canary-password@example.com/a.jar?signature=canary-signature';
    const job = { jar, args: ['--password', 'canary-argument'] };
    const planned = await plan({ mode: 'application', clusterId, job, podTemplates, ...canaries });

    expect(JSON.stringify(planned)).not.toContain('canary');
    expect(planned.config).toMatchObject({ 's3.secret-key': { value: '******', from: 'command' } });
    expect(planned.config['env.java.opts.all']?.value).toContain('--add-exports');
  });

  it('reports what the target would reject', async () => {
    world.kubernetes.createByHand(clusterId);

    expect(await plan({ mode: 'session', clusterId })).toMatchObject({
      dryRun: 'refused',
      errors: [{ pointer: '/clusterId' }],
    });
  });

  it('is returned while the target does not answer', async () => {
    world.kubernetes.unreachable = true;

    expect(await plan({ mode: 'session', clusterId })).toMatchObject({ clusterId, dryRun: 'not-tried' });
  });

  it('is rejected for the same mistakes as a deploy', async () => {
    const refused = plan({ mode: 'session', config: { 'rest.port': 'x' } });

    await expect(refused).rejects.toThrow(Fault);
  });
});
