import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';

export type Environment = Context['io']['env'];

/** Where to look, as `Context` has it. */
export interface InputContext extends Pick<Context, 'config' | 'flinkVersion'> {
  readonly io: { readonly env: Environment };
}

/** What the command line says over what the folder says, by whatever name either has an option. */
export const mergeConfig = async (folder: Config, config: Config): Promise<Config> => {
  const { canonicalConfig } = await import('#shared/flink/options.ts');
  return { ...canonicalConfig(folder), ...canonicalConfig(config) };
};

/** The option as the text that was written; undefined where it is blank. */
export const textOption = (config: Config, key: string): string | undefined => {
  const text = String(config[key] ?? '').trim();
  return text === '' ? undefined : text;
};

export const isDisabled = (config: Config, key: string): boolean => textOption(config, key)?.toLowerCase() === 'false';
