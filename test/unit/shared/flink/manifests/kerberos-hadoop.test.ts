import { describe, expect, it } from 'vitest';

import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

describe('Kerberos and Hadoop', () => {
  const keytab = { name: 'flink.keytab', base64: 'a2V5' };
  const kerberosOptions = { 'security.kerberos.login.principal': 'flink@EXAMPLE' };
  const rendered = (config: Record<string, string>, rest: Partial<ClusterInput>) =>
    renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config, ...rest });

  it('are mounted where Flink looks for them', () => {
    const { deployment, dependents, config } = rendered(kerberosOptions, {
      kerberos: { keytab, krb5Conf: '[libdefaults]' },
      hadoop: { 'core-site.xml': '<configuration/>' },
    });

    expect(dependents.map(({ kind, metadata }) => `${kind} ${metadata?.name}`).slice(2)).toEqual([
      'ConfigMap hadoop-config-nest',
      'Secret kerberos-keytab-nest',
      'ConfigMap kerberos-krb5conf-nest',
      'ConfigMap flink-config-nest',
    ]);
    expect(deployment.spec?.template.spec?.containers[0]?.volumeMounts).toEqual([
      { name: 'user-artifacts-volume', mountPath: '/opt/flink/artifacts' },
      { name: 'hadoop-config-volume', mountPath: '/opt/hadoop/conf' },
      { name: 'kerberos-keytab-volume', mountPath: '/opt/kerberos/kerberos-keytab' },
      { name: 'kerberos-krb5conf-volume', mountPath: '/etc/krb5.conf', subPath: 'krb5.conf' },
      { name: 'flink-config-volume', mountPath: '/opt/flink/conf' },
    ]);
    expect(config['security.kerberos.login.keytab']?.value).toBe('/opt/kerberos/kerberos-keytab/flink.keytab');
    expect(config['security.kerberos.krb5-conf.path']?.value).toBe('/etc/krb5.conf');
  });

  it('are left out when they are disabled', () => {
    const { dependents } = rendered(
      {
        ...kerberosOptions,
        'security.kerberos.login.keytab': '/in/the/image',
        'kubernetes.decorator.kerberos-mount.enabled': 'false',
        'kubernetes.decorator.hadoop-conf-mount.enabled': 'false',
      },
      { kerberos: { keytab }, hadoop: { 'core-site.xml': 'x' } },
    );

    expect(dependents).toHaveLength(3);
  });

  it('can come from an existing ConfigMap', () => {
    const { deployment, dependents } = rendered({ 'kubernetes.hadoop.conf.config-map.name': 'mine' }, {});

    expect(dependents).toHaveLength(3);
    expect(deployment.spec?.template.spec?.volumes).toContainEqual({
      name: 'hadoop-config-volume',
      configMap: { name: 'mine' },
    });
  });

  it.each([
    [{ ...kerberosOptions, 'security.kerberos.login.keytab': '/k' }, 'security.kerberos.login.keytab'],
    [{ 'security.kerberos.krb5-conf.path': '/etc/krb5.conf' }, 'security.kerberos.krb5-conf.path'],
  ])('are rejected without the file, because the pod would wait for it forever', (config, key) => {
    expect(faultOf(() => rendered(config, {}))?.errors).toMatchObject([{ pointer: `/config/${key}` }]);
  });
});
