import { tmpdir } from 'node:os';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { patchReleases } from '#shared/flink/version.ts';

import { fetchFlink, listJars, readOptions } from '../../infra/flink-options/extract.ts';
import { joinReleases, readOptionRows } from '../../infra/flink-options/rows.ts';
import { flinkLines } from './flink.ts';

/** The program runs in any folder. */
const folder = process.cwd();
beforeAll(() => process.chdir(tmpdir()));
afterAll(() => process.chdir(folder));

describe.each(flinkLines)('the committed options of Flink %s', (version) => {
  it('are those of its jars', () => {
    const home = fetchFlink(patchReleases[version]);
    const listed = joinReleases(new Map([[version, readOptions(listJars(home))]]));

    const committed = readOptionRows().filter((row) => row.versions.includes(version));

    // The description is that of the newest release.
    const select = ({ description: _description, versions: _versions, ...facts }: (typeof committed)[number]) => facts;
    expect(committed.map(select)).toEqual(listed.map(select));
  });
});
