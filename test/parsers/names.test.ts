import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Fault } from '#events/problems/problem.ts';
import { clientOnlyOptions, getStockConfig } from '#shared/flink/config.ts';

import { type OptionRow, readOptionRows } from '../../infra/flink-options/rows.ts';
import { checkAll, type Rendered } from './batches.ts';
import { deploy, expectRefusal, getFile } from './deploy.ts';
import { flinkLines, type FlinkRequest, type Reading, useFlink } from './flink.ts';

const valuesByType: Readonly<Record<string, readonly string[]>> = {
  String: ['a', 'b', 'c'],
  Boolean: ['true', 'false'],
  Integer: ['3', '4', '5'],
  Long: ['3', '4', '5'],
  Double: ['0.25', '0.5'],
  Float: ['0.25', '0.5'],
  Duration: ['7 s', '8 s', '9 s'],
  MemorySize: ['64 mb', '65 mb', '66 mb'],
};

const listValues = ({ type, values }: OptionRow): readonly string[] => values ?? valuesByType[type] ?? [];

const listDeprecated = ({ fallbackKeys }: OptionRow): readonly string[] => fallbackKeys.map(([name]) => name);

/** Options that read another option, or an old name of YARN, are in option-names/canonical.test.ts. */
const hasPlainNames = ({ fallbackKeys }: OptionRow): boolean =>
  fallbackKeys.length > 0 && fallbackKeys.every(([name, isDeprecated]) => isDeprecated && !name.startsWith('yarn.'));

/** Options that Drey removes by design or checks together, such as the parts of a memory. Other tests have them. */
const isExcluded = (key: string): boolean =>
  clientOnlyOptions.has(key) ||
  key === 'execution.state-recovery.path' ||
  key === 'env.java.opts.all' || // It gets the module flags of Flink's own file.
  /^security\.kerberos\.login\.|^(job|task)manager\.memory\./.test(key);

/** The weakest layer first. */
const layers = ['folder', 'defaults', 'config'] as const;

/** An option with several names, written in some layers. */
const makeCases = (rows: readonly OptionRow[]) =>
  fc.constantFrom(...rows).chain((row) => {
    const names = [row.key, ...listDeprecated(row)];
    const layer = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...listValues(row)), {
      maxKeys: 2,
      noNullPrototype: true,
    });
    return fc.record({ names: fc.constant(names), folder: layer, defaults: layer, config: layer });
  });

describe.each(flinkLines)('Flink %s', (line) => {
  const read = useFlink(line);
  const rows = readOptionRows().filter(
    (row) =>
      row.versions.includes(line) &&
      !row.obsolete &&
      !isExcluded(row.key) &&
      hasPlainNames(row) &&
      listValues(row).length > 0,
  );

  it('reads the value of the strongest layer under any name of an option, and a warning names what is not applied', async () => {
    expect.hasAssertions();
    await checkAll({
      cases: makeCases(rows),
      render: ({ names, ...written }): Rendered<FlinkRequest, Reading> => {
        const [key = '', ...others] = names;
        const folder = { ...getStockConfig(line), ...written.folder };
        const cluster = deploy(line, { ...written, folder });
        if (cluster instanceof Fault) return expectRefusal(cluster, names);
        return {
          request: { file: 'config.yaml', text: getFile(cluster, 'config.yaml'), fallbacks: { [key]: others } },
          verify: ({ typed }) => {
            const strongest = layers.map((layer) => written[layer]).findLast((layer) => Object.keys(layer).length > 0);
            const [first, ...weaker] = names.filter((name) => Object.hasOwn(strongest ?? {}, name));
            if (strongest === undefined || first === undefined) return 'warned'; // Nothing was written.
            expect(typed[key]).toBe(strongest[first]);
            const lost = weaker.filter((name) => strongest[name] !== strongest[first]);
            for (const name of lost) expect(cluster.warnings.join('\n')).toContain(name);
            return lost.length === 0 ? 'equal' : 'warned';
          },
        };
      },
      ask: read,
    });
  });
});
