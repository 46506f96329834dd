import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from 'vitest';
import { stringify } from 'yaml';

/** A folder of this machine that pods mount at /shared, in place of a bucket. It is removed after the other hooks. */
export const useSharedFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-shared-'));
  chmodSync(folder, 0o777);
  afterAll(() => rm(folder, { recursive: true }));
  const container = { name: 'flink-main-container', volumeMounts: [{ name: 'shared', mountPath: '/shared' }] };
  const podTemplate = { spec: { containers: [container], volumes: [{ name: 'shared', hostPath: { path: folder } }] } };
  const templateFile = join(folder, 'template.yaml');
  writeFileSync(templateFile, stringify(podTemplate));
  return {
    folder,
    podTemplates: { default: podTemplate },
    /** The same for the command line. */
    option: `-Dkubernetes.pod-template-file.default=${templateFile}`,
    /** The sorted rows that a table of files has in a folder of it. */
    readRows: async (name: string): Promise<readonly string[]> => {
      const files = await readdir(join(folder, name), { recursive: true });
      const parts = files.filter((file) => /(^|\/)part-/.test(file));
      const contents = await Promise.all(parts.map((file) => readFile(join(folder, name, file), 'utf8')));
      return contents.flatMap((text) => text.split('\n').filter((line) => line !== '')).toSorted();
    },
  };
};
