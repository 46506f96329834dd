import { join } from 'node:path';

import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

import { parseMessage } from '#local/services/kubernetes.ts';

const programs = join(import.meta.dirname, '../../../local/kubernetes');

/** Runs a command in a shell that has sourced `env`, whose functions report the progress. */
const shell = async (command: string, input = '') => {
  const { stdout, stderr } = await execa('bash', ['--norc', '-euc', `. ${programs}/env; ${command}`], { input });
  return { stdout, stderr };
};

const describeBuild = async (...numbers: number[]) => (await shell(`describe_build ${numbers.join(' ')}`)).stdout;

describe('the progress of the build of Kubernetes', () => {
  it.each([
    { numbers: [230, 2622, 9, 230, 4900], text: 'Kubernetes: 230 of 2622 packages (8 %), 9 s elapsed' },
    {
      numbers: [656, 2622, 61, 1000, 4900],
      text: 'Kubernetes: 656 of 2622 packages (25 %), 1 min 1 s elapsed, about 4 min left',
    },
    {
      numbers: [2500, 2622, 255, 4600, 4900],
      text: 'Kubernetes: 2500 of 2622 packages (95 %), 4 min 15 s elapsed, about 20 s left',
    },
    {
      numbers: [2622, 2622, 267, 4900, 4900],
      text: 'Kubernetes: 2622 of 2622 packages (100 %), 4 min 27 s elapsed, linking',
    },
  ])('is described as "$text"', async ({ numbers, text }) => {
    expect(await describeBuild(...numbers)).toBe(text);
  });

  it('estimates the remaining time from what this build compiles, not from what the cache has', async () => {
    const fromCache = await describeBuild(2000, 2622, 20, 200, 600);

    expect(fromCache).toBe('Kubernetes: 2000 of 2622 packages (76 %), 20 s elapsed, about 40 s left');
  });

  it('counts cached packages as built, and weights packages of the standard library less', async () => {
    const go = [
      'package false true',
      'package true true',
      'package true false',
      'package true false',
      'vendor/golang.org/x/text/unicode/bidi',
      'k8s.io/api/core/v1',
    ];

    const { stderr } = await shell(
      'describe_build() { echo "$@"; }; say() { echo "$@" >&2; }; CLUSTER_PROGRESS_SECONDS=0; report_build_progress',
      `${go.join('\n')}\n`,
    );

    expect(stderr.split('\n').at(-2)).toMatch(/^3 4 \d+ 3 5$/);
    expect(stderr.split('\n').at(-1)).toMatch(/^\d\d:\d\d:\d\d Kubernetes: 2 packages compiled in \d+ s$/);
  });

  it('counts the downloads of modules', async () => {
    const { stderr } = await shell(
      'CLUSTER_PROGRESS_SECONDS=0; report_build_progress',
      'go: downloading k8s.io/api v0.33.13\ngo: downloading k8s.io/apiserver v0.33.13\n',
    );

    expect(stderr.split('\n').map(parseMessage)).toEqual([
      expect.stringMatching(/^Kubernetes: downloading Go modules, 1 so far, \d+ s elapsed$/),
      expect.stringMatching(/^Kubernetes: downloading Go modules, 2 so far, \d+ s elapsed$/),
    ]);
  });

  it('passes errors of the compiler through', async () => {
    const errors = '# k8s.io/api\n./types.go:1:2: undefined: x';

    expect((await shell('report_build_progress', `${errors}\n`)).stderr).toBe(errors);
  });
});

describe('a message of a program', () => {
  it.each([
    ['14:00:34 Kubernetes: 230 of 2622 packages', 'Kubernetes: 230 of 2622 packages'],
    ['./types.go:1:2: undefined: x', undefined],
    ['', undefined],
  ])('in %j is %j', (line, message) => {
    expect(parseMessage(line)).toBe(message);
  });
});
