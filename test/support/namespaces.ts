/** Namespaces in which a test has targets of its own. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { NamedTarget } from '#events/records/target.ts';

import { call, kubectl, system } from './system.ts';

const run = promisify(execFile);
const manifests = join(import.meta.dirname, '../../infra/kubernetes');

/** Creates a namespace as the documentation says, with Pod Security and RBAC, in which at most `pods` pods can be created. */
export const createNamespace = async (name: string, { pods }: { readonly pods?: number } = {}): Promise<void> => {
  const namespace = await readFile(join(manifests, 'namespace.yaml'), 'utf8');
  await apply(['-f', '-'], namespace.replace('name: flink', `name: ${name}`));
  for (const file of ['rbac.yaml', 'rbac-high-availability.yaml'])
    await apply(['-n', name, '-f', join(manifests, file)]);
  if (pods !== undefined) await kubectl('create', 'quota', 'pods', '-n', name, `--hard=pods=${pods}`);
};

/** Creates or changes a target like that of the system, in the namespace of its name, with other fields. */
export const putTargetLikeOwn = async (name: string, fields: object = {}): Promise<void> => {
  const { targets } = (await call<{ targets: NamedTarget[] }>('GET', '/v1/targets?limit=500')).body;
  const { name: _name, updatedBy: _updatedBy, ...own } = targets.find((target) => target.name === system.target)!;
  // Only the namespace of the system's own target has the Secret of the bucket.
  const { 'kubernetes.env.secretKeyRef': _bucketKey, ...defaults } = own.defaults;
  const { status, body } = await call('PUT', `/v1/targets/${name}`, { ...own, defaults, namespace: name, ...fields });
  if (status !== 200) throw new Error(`The target was refused with ${status}: ${JSON.stringify(body)}`);
};

/** Does not wait until its objects are gone. */
export const deleteNamespace = (name: string): Promise<string> => kubectl('delete', 'namespace', name, '--wait=false');

const apply = async (words: readonly string[], input = ''): Promise<void> => {
  const applied = run('kubectl', ['--kubeconfig', system.kubeconfig, 'apply', ...words]);
  applied.child.stdin?.end(input);
  await applied;
};
