import { describe, expect, it } from 'vitest';

import { listTrackedFiles, readTracked } from '#test/support/tracked-files.ts';

/** Hosts that serve packages, images or archives. A machine may reach them under other names, through a mirror. */
const registryHosts = [
  /(npmjs\.(org|com)|yarnpkg\.com|unpkg\.com|jsdelivr\.net)/,
  /(pypi\.org|pythonhosted\.org)/,
  /((proxy|sum)\.golang\.org|(golang\.org|go\.dev)\/dl)/,
  /(repo1?\.maven\.|central\.sonatype|archive\.apache\.org|downloads\.apache\.org|dlcdn\.apache\.org)/,
  /((deb|ftp|security|snapshot)\.debian\.org|archive\.ubuntu\.com)/,
  /(docker\.(io|com)|ghcr\.io|quay\.io|gcr\.io|public\.ecr\.aws|(registry|dl|pkgs)\.k8s\.io)/,
  /(nodejs\.org\/dist|githubusercontent\.com|\/releases\/download\/)/,
  /(rubygems\.org|crates\.io)/,
];

/** containerd completes the name `flink:2.2` with its default registry. Nothing is fetched by this name. */
const isImageName = (line: string): boolean => /io\.containerd\.image\.name\W+docker\.\w+\/\$reference/.test(line);

/** `file:line: text` of each line that names a registry. */
const findRegistries = async (name: string): Promise<string[]> => {
  const text = await readTracked(name);
  return text
    .split('\n')
    .flatMap((line, index) =>
      registryHosts.some((host) => host.test(line)) && !isImageName(line)
        ? [`${name}:${index + 1}: ${line.trim()}`]
        : [],
    );
};

describe('tracked files', () => {
  it('name no host of a package registry, except the lock files', async () => {
    const found = await Promise.all((await listTrackedFiles()).map(findRegistries));

    expect(found.flat()).toEqual([]);
  });
});
