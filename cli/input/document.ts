import { text } from 'node:stream/consumers';

import type { Input } from '#cli/output/streams.ts';

import { type NamedFile, parseContent, readText } from './files.ts';

/** What names the file of a command that has it as an operand. */
export const fileOperand = 'the operand FILE';

/** Reads a YAML or JSON file; `-` reads stdin. @throws Failure when the file cannot be read or parsed. */
export const readDocument = async (named: NamedFile, stdin: Input): Promise<unknown> => {
  const { parseYaml } = await import('#shared/flink/yaml-document.ts');
  const content = await readTextOrStdin(named, stdin);
  const source = named.file === '-' ? 'The standard input' : `File ${named.file} of ${named.option}`;
  return parseContent(`${source} is neither YAML nor JSON. Correct it.`, (): unknown => {
    const document = parseYaml(content); // JSON is YAML
    const [problem] = document.errors;
    if (problem !== undefined) throw problem;
    return document.toJS();
  });
};

/** Reads a file of UTF-8 text; `-` reads stdin. @throws Failure when the file cannot be read. */
export const readTextOrStdin = async (named: NamedFile, stdin: Input): Promise<string> =>
  named.file === '-' ? text(stdin) : readText(named);
