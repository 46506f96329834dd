import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { afterAll } from 'vitest';
import { stringify } from 'yaml';

import { system } from './system.ts';

/** A folder of this machine that pods mount at /shared, in place of a bucket. It is removed after the other hooks. */
export const useSharedFolder = () => {
  const { sharedFolder } = system;
  if (sharedFolder === undefined)
    throw new Error('The system runs on an existing cluster, which has no shared folder.');
  mkdirSync(sharedFolder, { recursive: true });
  const folder = mkdtempSync(join(sharedFolder, 'test-'));
  chmodSync(folder, 0o777);
  afterAll(() => rm(folder, { recursive: true }));
  const volumeMounts = [{ name: 'shared', mountPath: '/shared', subPath: basename(folder) }];
  const volumes = [{ name: 'shared', persistentVolumeClaim: { claimName: 'shared' } }];
  const podTemplate = { spec: { containers: [{ name: 'flink-main-container', volumeMounts }], volumes } };
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
