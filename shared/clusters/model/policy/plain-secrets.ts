import { newestFlinkVersion } from '#events/flink-version.ts';
import { type FieldError, toPointer } from '#events/problems/problem.ts';
import type { NamedTarget } from '#events/records/target.ts';
import { isPlainSecret } from '#events/secrets.ts';
import { toCurrentKey } from '#shared/flink/option-names/canonical.ts';
import { listNames } from '#shared/flink/option-names/maps.ts';

import { explain } from './explain.ts';
import { listContainers, type RenderedPod, type Violation } from './pods/rendered-pod.ts';
import { listOptionSettings, type Setting } from './settings/settings.ts';
import { listTargetOptions } from './target-options.ts';

const plainSecretsRule = 'plain secrets';

const wayOut =
  'Everybody who may read the objects of the namespace could read it. Put it into a Secret, and use kubernetes.env.secretKeyRef or kubernetes.secrets, or a volume of the Secrets Store CSI driver. policy.plainSecrets: true of the target allows it.';

/** Whether an option, or one name of a map, has a secret as its value. */
const hasPlainSecret = (key: string, value: string): boolean =>
  Object.entries(listNames(toCurrentKey(key, newestFlinkVersion), value, newestFlinkVersion)).some(([name, text]) =>
    isPlainSecret(name, text),
  );

const isSecretSetting = ({ options, value }: Setting): boolean =>
  value !== undefined && options.some((option) => hasPlainSecret(option, value));

/** Whether the value of an option of a target has a secret: its own, or one of the options in arguments. */
export const hasSecret = (key: string, value: string): boolean =>
  listOptionSettings({ [key]: value }).some(isSecretSetting);

/** The settings of a command that have a secret as their value. */
export const findSecretSettings = (settings: readonly Setting[], target: NamedTarget): readonly FieldError[] =>
  target.policy.plainSecrets
    ? []
    : settings
        .filter(isSecretSetting)
        .map(({ name, toError }) =>
          toError(explain(target, plainSecretsRule, `${name} has a secret as its value. ${wayOut}`)),
        );

/** The defaults and locked values of a target that are secrets. */
export const findSecretDefaults = (target: NamedTarget): readonly FieldError[] =>
  target.policy.plainSecrets
    ? []
    : listTargetOptions(target)
        .filter(({ key, value }) => hasSecret(key, value))
        .map(({ pointer, key }) => ({
          pointer,
          detail: explain(target, plainSecretsRule, `the option ${key} has a secret in its value. ${wayOut}`),
        }));

/** The variables of a pod template that have a secret as their value. Those of options are settings. */
export const findSecretVariables = (
  { spec }: RenderedPod,
  { policy }: Pick<NamedTarget, 'policy'>,
): readonly Violation[] =>
  policy.plainSecrets
    ? []
    : listContainers(spec).flatMap(([path, { env = [] }]) =>
        env
          .filter(({ name, value = '' }) => isPlainSecret(name, value))
          .map(({ name }) => ({
            rule: plainSecretsRule,
            path: [...path, 'env', { name }],
            detail: `has a secret as the value of the variable ${name}. ${wayOut}`,
          })),
      );

/** A text of a file as the name and the value that it sets. */
type Entry = readonly [name: string, value: string];

/** `<property>` of Hadoop, with elements or attributes. */
const listProperties = (xml: string): readonly Entry[] =>
  xml
    .split(/<property\b/)
    .slice(1)
    .flatMap((property) => {
      const read = (member: 'name' | 'value') =>
        new RegExp(`<${member}>([^<]*)<|\\b${member}\\s*=\\s*["']([^"']*)["']`).exec(property)?.slice(1).join('');
      const [name, value] = [read('name'), read('value')];
      return name === undefined || value === undefined ? [] : [[name.trim(), value] as const];
    });

/** Elements with a text, such as those of an appender of Logback. */
const listElements = (xml: string): readonly Entry[] =>
  [...xml.matchAll(/<([\w.-]+)(?![\w.-])[^<>]*>([^<>]+)<\//g)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );

/** `name = value` and `name: value` of a properties file. */
const listLines = (text: string): readonly Entry[] =>
  [...text.matchAll(/^[ \t]*([^\s#!=:][^\s=:]*)[ \t]*[=:](.*)$/gm)].map(
    ([, name = '', value = '']) => [name, value] as const,
  );

/** A secret in a comment is a secret, too. */
const listEntries = (file: string, text: string): readonly Entry[] =>
  file.endsWith('.xml')
    ? [listProperties, listElements].flatMap((list) => list(text.replaceAll(/<!\[CDATA\[|\]\]>/g, '')))
    : listLines(text);

type Files = Readonly<Partial<Record<string, string>>>;

/** The files of a command that have a secret. They are in ConfigMaps. */
export const findSecretFiles = (given: Readonly<Record<string, unknown>>, target: NamedTarget): readonly FieldError[] =>
  target.policy.plainSecrets
    ? []
    : (['files', 'hadoop'] as const).flatMap((field) =>
        // The schema of a deploy says that both are texts by name.
        Object.entries((given[field] ?? {}) as Files).flatMap(([file, text = '']) => {
          const entry = listEntries(file, text).find(([name, value]) => isPlainSecret(name, value));
          if (entry === undefined) return [];
          const detail = `the file ${file} has a secret as the value of ${entry[0]}. ${wayOut}`;
          return [{ pointer: toPointer([field, file]), detail: explain(target, plainSecretsRule, detail) }];
        }),
      );
