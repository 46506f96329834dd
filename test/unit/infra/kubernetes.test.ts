import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { roles } from '#shared/clusters/model/target-check/roles.ts';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly rules?: unknown;
  readonly roleRef?: { readonly name: string };
  readonly spec?: Readonly<Record<string, unknown>>;
}

const folder = join(import.meta.dirname, '../../../infra/kubernetes');
const read = (file: string) =>
  parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest);
const manifests = readdirSync(folder).flatMap(read);
const listOf = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);

describe('the manifests of a namespace', () => {
  it('have the Roles that the check of a target knows', () => {
    const inFiles = listOf('Role').map(({ metadata, rules }) => [metadata.name, rules]);

    expect(Object.fromEntries(inFiles)).toEqual(roles);
  });

  it('bind each Role, and no other role', () => {
    const bound = listOf('RoleBinding').map(({ roleRef }) => roleRef?.name);

    expect(new Set(bound)).toEqual(new Set(Object.keys(roles)));
    expect(manifests.some(({ kind }) => kind.startsWith('Cluster'))).toBe(false);
  });

  it('enforce the level baseline of Pod Security, and warn of what restricted refuses', () => {
    expect(listOf('Namespace')).toMatchObject([
      {
        metadata: {
          labels: {
            'pod-security.kubernetes.io/enforce': 'baseline',
            'pod-security.kubernetes.io/warn': 'restricted',
            'pod-security.kubernetes.io/audit': 'restricted',
          },
        },
      },
    ]);
  });

  it('select every pod in their NetworkPolicies, because a program can start pods with any labels', () => {
    const policies = read('network-policies.yaml');

    expect(policies.map(({ spec }) => spec?.['podSelector'])).toEqual([{}, {}]);
    expect(policies.flatMap(({ spec }) => spec?.['policyTypes'])).toEqual(['Ingress', 'Egress']);
  });

  it('let only pods of the namespace and the control plane in, and nobody to the metadata service', () => {
    const [ingress, egress] = read('network-policies.yaml');

    expect(ingress?.spec?.['ingress']).toEqual([
      { from: [{ podSelector: {} }] },
      { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 'rest' }] },
    ]);
    expect(egress?.spec?.['egress']).toEqual([
      {
        to: [
          { ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } },
          { ipBlock: { cidr: '::/0', except: ['fd00:ec2::254/128'] } },
          { namespaceSelector: {} },
        ],
      },
    ]);
  });

  it.each(readdirSync(folder))('say in %s how to apply them', (file) => {
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(new RegExp(`^#   kubectl apply .*-f ${file}`, 'm'));
  });
});
