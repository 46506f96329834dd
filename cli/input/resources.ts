import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import type { ParseOptions, DocumentOptions, SchemaOptions, Tags } from 'yaml';

import { Failure } from '#cli/api/failure.ts';
import { isRecord } from '#events/is-record.ts';
import type { Input } from '#cli/output/streams.ts';

import { assertFileName, type NamedFile, parseContent, readText, toFileFailure } from './files.ts';

/**
 * The documents of a YAML or JSON file, as the tools of Kubernetes read them. `-` reads stdin. A folder has its files
 * that end with .yaml, .yml or .json, in the order of their names.
 *
 * @throws Failure when a file cannot be read or parsed, or when a folder has none.
 */
export const readResources = async (named: NamedFile, stdin: Input): Promise<readonly unknown[]> => {
  const sources = await readSources(named, stdin);
  return (await Promise.all(sources.map((source) => parseDocuments(source, kubernetesYaml)))).flat();
};

/**
 * The documents of deploys and resources of Kubernetes, from the same places. A deploy is read as `drey deploy` reads it,
 * and a resource, which has an `apiVersion`, as the tools of Kubernetes do.
 *
 * @throws Failure as {@link readResources}.
 */
export const readDeploysAndResources = async (named: NamedFile, stdin: Input): Promise<readonly unknown[]> => {
  const sources = await readSources(named, stdin);
  return (await Promise.all(sources.map(parseDeploysAndResources))).flat();
};

const parseDeploysAndResources = async (source: Source): Promise<readonly unknown[]> => {
  const documents = await parseDocuments(source, {});
  if (!documents.some(isResource)) return documents;
  const resources = await parseDocuments(source, kubernetesYaml);
  return documents.map((document, index) => (isResource(document) ? resources[index] : document));
};

export const isResource = (document: unknown): document is Readonly<Record<string, unknown>> =>
  isRecord(document) && Object.hasOwn(document, 'apiVersion');

interface Source {
  /** What messages name it. */
  readonly name: string;
  readonly content: string;
}

const readSources = async (named: NamedFile, stdin: Input): Promise<readonly Source[]> => {
  if (named.file === '-') return [{ name: 'The standard input', content: await text(stdin) }];
  const files = await listFiles(named);
  return Promise.all(
    files.map(async (file) => ({
      name: `File ${file} of ${named.option}`,
      content: await readText({ ...named, file }),
    })),
  );
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

type YamlOptions = ParseOptions & DocumentOptions & SchemaOptions;

/** YAML 1.1 without numbers to the base 60 and without times, which the tools of Kubernetes read as text. */
const kubernetesYaml: YamlOptions = {
  version: '1.1',
  customTags: (tags: Tags) =>
    tags.filter(
      (tag) => typeof tag === 'string' || (tag.tag !== 'tag:yaml.org,2002:timestamp' && tag.format !== 'TIME'),
    ),
};

const parseDocuments = async ({ name, content }: Source, options: YamlOptions): Promise<readonly unknown[]> => {
  const [{ parseAllDocuments }, { findStructureErrors }] = await Promise.all([
    import('yaml'),
    import('#shared/flink/yaml-document.ts'),
  ]);
  return parseContent(`${name} is neither YAML nor JSON. Correct it.`, () =>
    [...parseAllDocuments(content, options)]
      .map((document): unknown => {
        const [problem] = [...document.errors, ...findStructureErrors(document)];
        if (problem !== undefined) throw problem;
        return document.toJS();
      })
      .filter((document) => document !== null),
  );
};
