import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';

export type Environment = Context['io']['env'];

/** The parts of `Context` that locate files of this machine. */
export interface InputContext extends Pick<Context, 'config' | 'flinkVersion'> {
  readonly io: { readonly env: Environment };
}

/** Merges the command line over the folder, under the current names of options. */
export const mergeConfig = async (folder: Config, config: Config): Promise<Config> => {
  const [{ canonicalizeConfig }, { newestFlinkVersion }] = await Promise.all([
    import('#shared/flink/option-names/canonical.ts'),
    import('#events/flink-version.ts'),
  ]);
  // The options that name files of this machine have the same names in all versions.
  const [below, above] = [folder, config].map((layer) => canonicalizeConfig(layer, newestFlinkVersion));
  return { ...below, ...above };
};

/** The option as text; undefined when it is blank. */
export const textOption = (config: Config, key: string): string | undefined => {
  const text = String(config[key] ?? '').trim();
  return text === '' ? undefined : text;
};

export const isDisabled = (config: Config, key: string): boolean => textOption(config, key)?.toLowerCase() === 'false';
