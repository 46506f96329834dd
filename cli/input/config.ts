import type { Context } from '#cli/context.ts';
import type { Config } from '#shared/flink/config.ts';

export type Environment = Context['io']['env'];

/** Where to look, as `Context` has it. */
export interface ClusterRef extends Pick<Context, 'config' | 'flinkVersion'> {
  readonly io: { readonly env: Environment };
}

/** What the command line says over what the folder says, by whatever name either has an option. */
export const layered = async (folder: Config, config: Config): Promise<Config> => {
  const { canonicalizeConfig } = await import('#shared/flink/options.ts');
  return { ...canonicalizeConfig(folder), ...canonicalizeConfig(config) };
};

/** The option as the text that was written; undefined where it is blank. */
export const textIn = (config: Config, key: string): string | undefined => {
  const text = String(config[key] ?? '').trim();
  return text === '' ? undefined : text;
};

export const isOff = (config: Config, key: string): boolean => textIn(config, key)?.toLowerCase() === 'false';
