import type { Context } from '#cli/context.ts';
import type { RequestFields } from '#cli/options/request-fields.ts';

type OptionContext = Pick<Context, 'clusterId' | 'config' | 'fields' | 'restore'>;

/**
 * A deploy of a file or a stored spec with the options of the command line, which take precedence member by member. An
 * option replaces one of the deploy also under a deprecated key.
 */
export const withCommandLine = async (deploy: RequestFields, context: OptionContext): Promise<RequestFields> => {
  const { clusterId, config, fields, restore } = context;
  const stored = await omitReplacedOptions(deploy, config);
  return mergeFields(stored, {
    ...fields.deploy,
    ...(clusterId === undefined ? {} : { clusterId }),
    ...(Object.keys(config).length === 0 ? {} : { config }),
    ...(restore === undefined ? {} : stored['mode'] === 'application' ? { job: { restore } } : { restore }),
  });
};

const omitReplacedOptions = async (stored: RequestFields, config: Context['config']): Promise<RequestFields> => {
  const { withoutReplaced } = await import('#shared/flink/option-names/canonical.ts');
  const { config: below } = stored;
  return isObject(below) && !Array.isArray(below)
    ? { ...stored, config: withoutReplaced({ ...below }, config) }
    : stored;
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The members of a request, with those that are given in their place. Members of members are merged, too. */
export const mergeFields = (stored: RequestFields, given: RequestFields): RequestFields => {
  const merged = Object.entries(given).map(([name, value]) => {
    const below = stored[name];
    if (!isObject(value) || Array.isArray(value) || below === undefined) return [name, value] as const;
    // A stored member of another type stays, so that the API reports it.
    return [name, isObject(below) ? { ...below, ...value } : below] as const;
  });
  return { ...stored, ...Object.fromEntries(merged) };
};
