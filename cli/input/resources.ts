import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { ParseOptions, DocumentOptions, SchemaOptions, Tags } from 'yaml';

import { Failure } from '#cli/api/failure.ts';
import type { Input } from '#cli/output/streams.ts';

import { assertFileName, type NamedFile, parseContent, readText, toFileFailure } from './files.ts';

/**
 * The documents of a YAML or JSON file, as the tools of Kubernetes read them. `-` reads stdin. A folder has its files
 * that end with .yaml, .yml or .json, in the order of their names.
 *
 * @throws Failure when a file cannot be read or parsed, or when a folder has none.
 */
export const readResources = async (named: NamedFile, stdin: Input): Promise<readonly unknown[]> => {
  if (named.file === '-') return parseResources(await text(stdin), 'The standard input');
  const files = await listFiles(named);
  const documents = await Promise.all(
    files.map(async (file) => parseResources(await readText({ ...named, file }), `File ${file} of ${named.option}`)),
  );
  return documents.flat();
};

const listFiles = async (named: NamedFile): Promise<readonly string[]> => {
  assertFileName(named);
  const { file: folder, option } = named;
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false, // reading the file reports why
  );
  if (!isFolder) return [folder];
  const entries = await readdir(folder).catch((error: unknown) => {
    throw toFileFailure(named, error);
  });
  const files = entries.filter((name) => /\.(ya?ml|json)$/i.test(name)).toSorted();
  if (files.length === 0)
    throw new Failure(`Folder ${folder} of ${option} has no file that ends with .yaml, .yml or .json.`);
  return files.map((name) => join(folder, name));
};

/** YAML 1.1 without numbers to the base 60 and without times, which the tools of Kubernetes read as text. */
const kubernetesYaml: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.1',
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.format !== 'TIME'),
    ),
};

const parseResources = async (content: string, source: string): Promise<readonly unknown[]> => {
  const { parseAllDocuments } = await import('yaml');
  return parseContent(`${source} is neither YAML nor JSON. Correct it.`, () =>
    [...parseAllDocuments(content, kubernetesYaml)]
      .map((document): unknown => {
        const [problem] = document.errors;
        if (problem !== undefined) throw problem;
        return document.toJS();
      })
      .filter((document) => document !== null),
  );
};
