/** Questions about a compiled template that several tests ask. */
import type { Resource } from '../../infra/rollout/template.ts';

type Resources = Readonly<Record<string, Resource>>;

export const resourcesOfType = (resources: Resources, type: string): readonly [string, Resource][] =>
  Object.entries(resources).filter(([, resource]) => resource.Type === type);

/** The resources that a value refers to, by whatever function of CloudFormation. */
export const referencesIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (key === 'Ref' || key === 'DependsOn') return [item].flat().map(String);
    if (key === 'Fn::GetAtt') return [String(Array.isArray(item) ? item[0] : item).split('.')[0] ?? ''];
    if (key === 'Fn::Sub') return [...namesIn(item), ...referencesIn(item)];
    return referencesIn(item);
  });
};

const namesIn = (sub: unknown) =>
  [...String(Array.isArray(sub) ? sub[0] : sub).matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, name = '']) => name);

/** These refer to a function without invoking it: by its name, or in a policy. */
const passive = [
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::IAM::Role',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
];

/** The resources that invoke a function itself, not its alias. */
export const functionInvokers = (resources: Resources): readonly string[] => {
  const functions = new Set(resourcesOfType(resources, 'AWS::Lambda::Function').map(([id]) => id));
  return Object.entries(resources)
    .filter(([, { Type, Properties }]) => !passive.includes(Type) && Properties?.['Qualifier'] !== 'live')
    .filter(([, { Properties }]) => referencesIn(Properties).some((id) => functions.has(id)))
    .map(([id]) => id);
};

/** A cycle of references, as CloudFormation would refuse it: the resources on it, or none. */
export const cycleIn = (resources: Resources): readonly string[] => {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): readonly string[] => {
    if (path.includes(id)) return path.slice(path.indexOf(id));
    if (done.has(id) || resources[id] === undefined) return [];
    for (const next of new Set(referencesIn(resources[id]))) {
      const cycle = visit(next, [...path, id]);
      if (cycle.length > 0) return cycle;
    }
    done.add(id);
    return [];
  };
  return Object.keys(resources).reduce<readonly string[]>(
    (found, id) => (found.length > 0 ? found : visit(id, [])),
    [],
  );
};
