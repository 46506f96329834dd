import { type Config, nest } from './config.ts';
import { toYamlText } from './yaml.ts';

/**
 * The text of `config.yaml`. Text that YAML would read as another type is quoted, and nothing is folded.
 *
 * @see Flink 2.2 `YamlParserUtils`, `GlobalConfiguration`
 */
export const toYaml = (config: Config): string => toYamlText(nest(config));
