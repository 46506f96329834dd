import type { FlinkVersion } from '#events/flink-version.ts';
import { resolveConfig } from '#shared/flink/cluster-config.ts';
import type { Config } from '#shared/flink/config.ts';

import { type OptionRow, readOptionRows } from '../../../../../infra/flink-options/rows.ts';

const rows = readOptionRows();

type Layer = Readonly<Record<string, string>>;

/** The configuration of a session from its layers, the weakest first. */
export const resolveLayers = (
  layers: { readonly folder: Layer; readonly defaults: Layer; readonly drey: Layer; readonly config: Layer },
  flinkVersion: FlinkVersion,
): Config => resolveConfig({ mode: 'session', clusterId: 'nest', namespace: 'trees', flinkVersion, ...layers }).config;

const selectRows = (version: FlinkVersion): readonly OptionRow[] =>
  rows.filter(({ versions, obsolete }) => !obsolete && versions.includes(version));

/** What Flink reads: the key of the option, or else the first of its fallback keys. @see `Configuration.applyWithOption` */
export const readAsFlink = (key: string, config: Config, version: FlinkVersion): unknown => {
  const row = selectRows(version).find((one) => one.key === key);
  const names = [key, ...(row?.fallbackKeys ?? []).map(([name]) => name)];
  return config[names.find((name) => Object.hasOwn(config, name)) ?? ''];
};

/** Options whose value Drey sets, or that are not part of the configuration of a session. */
const special =
  /^(\$internal|internal|yarn|kubernetes\.config|execution\.state-recovery\.path$)|^(rest|taskmanager|jobmanager)\.(bind|host|rpc)/;

const cache = new Map<FlinkVersion, readonly { readonly key: string; readonly names: readonly string[] }[]>();

/** The options with deprecated keys that no other option reads. */
export const findOwnNames = (version: FlinkVersion) => {
  const live = selectRows(version);
  const found =
    cache.get(version) ??
    live.flatMap(({ key, fallbackKeys }) => {
      const names = fallbackKeys.map(([name]) => name);
      const isOwn = names.every((name) =>
        live.every(
          (row) => row.key !== name && (row.key === key || !row.fallbackKeys.some(([other]) => other === name)),
        ),
      );
      return names.length === 0 || !isOwn || special.test(key) ? [] : [{ key, names: [key, ...names] }];
    });
  cache.set(version, found);
  return found;
};
