import * as z from 'zod';

import { lenient } from '#events/lenient.ts';
import { Principal } from '#events/principal.ts';
import { Fault, parseWritten } from '#events/problems/problem.ts';
import { type Spec, SpecBody, type SpecHead } from '#events/records/specs.ts';
import { generateClusterId, validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import type { Page, PageRequest } from '#shared/clusters/model/page.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { findMaskErrors } from '#shared/clusters/model/policy/masks.ts';
import { readAllPages } from '#shared/clusters/store/read.ts';
import { assertNoFieldErrors } from '#shared/flink/options.ts';

interface SpecRef {
  readonly target: string;
  readonly name: string;
}

/** A spec as the bucket stores it: a deploy, and who wrote it. */
const StoredSpec = z.object({ deploy: SpecBody, updatedBy: Principal });
type StoredSpec = z.output<typeof StoredSpec>;

/**
 * Stores a deploy under a name.
 *
 * @throws Fault with every mistake for which the deploy would be refused; `not-found` for the target.
 */
export const putSpec = async (
  { target: targetName, name }: SpecRef,
  { deploy, updatedBy }: StoredSpec,
  ports: Ports,
): Promise<Spec> => {
  assertNoFieldErrors(findMaskErrors(deploy));
  const target = await ports.targets.getLatest(targetName);
  const now = ports.now();
  const operationId = ports.newId();
  const clusterId = deploy.clusterId ?? generateClusterId(operationId);
  validateDeploy(deploy, { operationId, clusterId }, { target, now });
  await ports.specs.put(targetName, name, { deploy, updatedBy });
  return { name, target: targetName, updatedAt: now.toISOString(), updatedBy, deploy };
};

/** @throws Fault `not-found` */
export const readSpec = async (
  { target, name }: SpecRef,
  { specs, targets }: Ports,
): Promise<Spec & { readonly deploy: SpecBody }> => {
  await targets.get(target);
  const found = await specs.read(target, name);
  if (found === undefined) throw new Fault('not-found', `Target ${target} has no spec ${name}.`);
  const stored = parseWritten(lenient(StoredSpec, 'drop'), { kind: 'spec', value: found.data });
  return { name, target, updatedAt: found.updatedAt, ...stored };
};

/** @throws Fault `not-found` for the target. */
export const listSpecs = async (
  target: string,
  page: PageRequest,
  { specs, targets }: Ports,
): Promise<Page<SpecHead>> => {
  await targets.get(target);
  return specs.list(target, page);
};

/**
 * The cluster ID that an apply of a spec changes.
 *
 * @throws Fault `malformed-request` for a spec that leaves it to each deploy.
 */
export const getClusterId = ({ clusterId }: SpecBody, name: string): string => {
  if (clusterId !== undefined) return clusterId;
  const detail = `Spec ${name} has no clusterId, so that an apply of it would change no cluster. Store it with one.`;
  throw new Fault('malformed-request', `/spec: ${detail}`, { errors: [{ pointer: '/spec', detail }] });
};

/** @throws Fault `not-found`; `wrong-state` while a schedule deploys or applies the spec. */
export const removeSpec = async (specRef: SpecRef, ports: Ports): Promise<void> => {
  const { target, name } = specRef;
  await readSpec(specRef, ports);
  const schedules = await readAllPages((page) => ports.store.schedules(target, page));
  const users = schedules.filter(({ definition }) => 'spec' in definition && definition.spec === name);
  if (users.length > 0) {
    const names = users.map((schedule) => schedule.name).join(', ');
    throw new Fault(
      'wrong-state',
      `Spec ${name} in target ${target} is used by these schedules: ${names}. Change or delete them first.`,
    );
  }
  await ports.specs.remove(target, name);
};
