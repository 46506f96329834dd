import { Fault, parse } from '#events/problem.ts';
import { type Spec, SpecBody, type SpecHead } from '#events/specs.ts';
import { generatedId, validateDeploy } from '#shared/clusters/commands/deploy/render.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';

interface Named {
  readonly target: string;
  readonly name: string;
}

/** Stores a deploy under a name. @throws Fault with every mistake that the deploy would be refused for. */
export const putSpec = async ({ target: targetName, name }: Named, deploy: SpecBody, ports: Ports): Promise<Spec> => {
  const target = await ports.targets.current(targetName);
  const now = ports.now();
  const operationId = ports.newId();
  const clusterId = deploy.clusterId ?? generatedId(operationId);
  validateDeploy(deploy, { operationId, clusterId }, target, now);
  await ports.specs.put(targetName, name, deploy);
  return { name, target: targetName, updatedAt: now.toISOString(), deploy };
};

/** @throws Fault `not-found` */
export const readSpec = async (
  { target, name }: Named,
  { specs, targets }: Ports,
): Promise<Spec & { readonly deploy: SpecBody }> => {
  await targets.get(target);
  const found = await specs.read(target, name);
  if (found === undefined) throw new Fault('not-found', `there is no spec ${name} in target ${target}`);
  return { name, target, updatedAt: found.updatedAt, deploy: parse(SpecBody, found.data) };
};

export const readSpecs = async (target: string, { specs, targets }: Ports): Promise<readonly SpecHead[]> => {
  await targets.get(target);
  return specs.list(target);
};

/** @throws Fault `not-found`; `wrong-state` while schedules deploy it. */
export const removeSpec = async (named: Named, ports: Ports): Promise<void> => {
  await readSpec(named, ports);
  const users = (await ports.store.schedules(named.target)).filter(
    ({ definition }) => definition.action === 'deploy' && definition.spec === named.name,
  );
  if (users.length > 0)
    throw new Fault(
      'wrong-state',
      `spec ${named.name} in target ${named.target} is deployed by ${users.length === 1 ? 'schedule' : 'schedules'} ${users.map(({ name }) => name).join(', ')}: delete or change ${users.length === 1 ? 'it' : 'them'} first`,
    );
  await ports.specs.remove(named.target, named.name);
};
