import { type FlinkVersion, flinkVersions } from '#events/flink-version.ts';

import { readText, type Section } from './findings.ts';

/** `flinkVersion` of a deployment: `v2_2` is 2.2. Undefined when it is missing or refused. */
export const readFlinkVersion = (spec: Section): FlinkVersion | undefined => {
  const { path, findings } = spec;
  const given = readText(spec, 'flinkVersion');
  const field = [...path, 'flinkVersion'];
  if (given === 'v1_19') {
    findings.note(field, 'Drey renders Flink 1.19 as 1.20. Their images read the same files.');
    return '1.20';
  }
  const version = flinkVersions.find((one) => `v${one.replace('.', '_')}` === given);
  if (given !== undefined && version === undefined)
    findings.refuse(
      field,
      `is ${given}, but Drey starts Flink ${flinkVersions.join(', ')}. Use an image of one of them.`,
    );
  return version;
};
