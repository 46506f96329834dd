import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';

export type Environment = Context['io']['env'];

/** The parts of `Context` that locate files of this machine. */
export interface InputContext extends Pick<Context, 'config' | 'flinkVersion'> {
  readonly io: { readonly env: Environment };
}

/** Merges the command line over the folder, under the current names of options. */
export const mergeConfig = async (folder: Config, config: Config): Promise<Config> => {
  const { canonicalizeConfig } = await import('#shared/flink/options.ts');
  return { ...canonicalizeConfig(folder), ...canonicalizeConfig(config) };
};

/** The option as text; undefined when it is blank. */
export const textOption = (config: Config, key: string): string | undefined => {
  const text = String(config[key] ?? '').trim();
  return text === '' ? undefined : text;
};

export const isDisabled = (config: Config, key: string): boolean => textOption(config, key)?.toLowerCase() === 'false';
