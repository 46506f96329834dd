import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { execa } from 'execa';

const kubernetes = join(import.meta.dirname, '../../local/kubernetes');

/** Fetches the jars of Flink into the cache, unless they are there. Returns the folder that has them in `lib`. */
export const fetchFlinkJars = async (version: string): Promise<string> => {
  const { stdout } = await execa(join(kubernetes, 'flink-jars'), [version]);
  return stdout.trim();
};

interface FlinkProgram<Request, Answer> {
  /** Sends requests, and returns their answers in the same order. */
  readonly ask: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

interface Program {
  /** The file with `main()`. The java launcher compiles it. */
  readonly source: string;
  readonly version: string;
  readonly args?: readonly string[];
}

/** The module readline would also split at characters that JSON contains unescaped. */
const readLines = async function* (stream: Readable): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
};

/**
 * Starts a Java program with the classes of Flink's distribution. It answers each line of JSON on its standard input with
 * one on its standard output.
 */
export const startFlinkProgram = async <Request, Answer>({
  source,
  version,
  args = [],
}: Program): Promise<FlinkProgram<Request, Answer>> => {
  const classpath = join(await fetchFlinkJars(version), 'lib', `flink-dist-${version}.jar`);
  const child = spawn(
    'java',
    ['-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', '-Xmx512m', '-cp', classpath, source, ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      errors.push(error.message);
      resolve(null);
    });
  });
  const lines = readLines(child.stdout);
  const readAnswer = async (): Promise<Answer> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${source} ended with ${await ended}: ${errors.join('')}`);
    return JSON.parse(value) as Answer; // The program is part of the tests.
  };
  return {
    ask: async (requests) => {
      child.stdin.write(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
      const answers: Answer[] = [];
      while (answers.length < requests.length) answers.push(await readAnswer());
      return answers;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await ended;
    },
  };
};
