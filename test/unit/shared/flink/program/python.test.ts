import { describe, expect, it } from 'vitest';

import type { PythonProgram } from '#events/programs/python.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

const image = { 'kubernetes.container.image.ref': 'my-python' };
const renderPython = (python: PythonProgram, more: Partial<ClusterInput> & { args?: string[] } = {}) => {
  const { args = [], ...rest } = more;
  return renderCluster({
    mode: 'application',
    clusterId: 'words',
    namespace: 'flink',
    config: image,
    job: { python, args },
    ...rest,
  });
};
const configOf = (...input: Parameters<typeof renderPython>) =>
  Object.fromEntries(Object.entries(renderPython(...input).config).map(([key, { value }]) => [key, value]));
const errorsOf = (python: PythonProgram) =>
  faultOf(() => renderPython(python))?.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
const args = '$internal.application.program-args';

describe('the options of a Python program', () => {
  it.each(['local:///opt/wc.py', 'file:///opt/wc.py', '/opt/wc.py'])(
    'name a file of the image so that Python can open it: %s',
    (file) => {
      const config = configOf({ file }, { args: ['--input', 'a b', ''] });

      expect(config).toMatchObject({
        '$internal.application.main': 'org.apache.flink.client.python.PythonDriver',
        [args]: ['--python', '/opt/wc.py', '--input', 'a b', ''],
      });
      expect(config).not.toHaveProperty('pipeline.jars');
    },
  );

  it.each([
    [['-pyexec', 'x'], true],
    [['--p', '4'], true],
    [['--pyFiles=a'], true],
    [['--python', 'x'], true],
    [['--'], true],
    [['-p', '4'], false],
    [['--parallelism', '4'], false],
    [['a', '-pyexec'], false],
  ])('keep the driver from taking the arguments %j', (given, isProtected) => {
    expect(configOf({ file: '/wc.py' }, { args: given })[args]).toEqual([
      '--python',
      '/wc.py',
      ...(isProtected ? ['--'] : []),
      ...given,
    ]);
  });

  it('take precedence over -D options', () => {
    const config = { ...image, 'python.files': '/a', 'python.executable': '/b' };

    expect(configOf({ module: 'wc', files: ['/c', 'local:///d'] }, { config })).toMatchObject({
      'python.files': '/c,/d',
      'python.executable': '/b',
    });
  });
});

describe('the sources of a Python program', () => {
  const sources = { 'wc.py': 'print("ä")', 'lib/a.py': '', 'data.zip': { base64: 'UEsDBA==' } };

  it('are mounted into the JobManager, and named by their paths there', () => {
    const { deployment, dependents } = renderPython({
      file: './wc.py',
      files: ['lib/', 's3://bucket/b.zip'],
      requirements: 'lib#/wheels',
      archives: ['data.zip#data'],
      sources,
    });

    const { containers = [], volumes = [] } = deployment.spec?.template.spec ?? {};
    expect(containers.at(-1)?.volumeMounts).toContainEqual({
      name: 'python-sources-volume',
      mountPath: '/opt/flink/python',
    });
    expect(volumes).toContainEqual({
      name: 'python-sources-volume',
      configMap: {
        name: 'python-sources-words',
        items: [
          { key: 'wc.py', path: 'wc.py' },
          { key: 'lib..a.py', path: 'lib/a.py' },
          { key: 'data.zip', path: 'data.zip' },
        ],
      },
    });
    expect(dependents.find(({ metadata }) => metadata?.name === 'python-sources-words')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'python-sources-words',
        namespace: 'flink',
        labels: { app: 'words', type: 'flink-native-kubernetes' },
      },
      data: { 'wc.py': 'print("ä")', 'lib..a.py': '' },
      binaryData: { 'data.zip': 'UEsDBA==' },
    });
  });

  it('keep their paths, whatever characters they have, with valid keys of their own', () => {
    const paths = [
      'my words.py',
      'wörter.py',
      'lib/größe 1.py',
      'a..b.py',
      'a/b.py',
      'a/.b',
      'a./b',
      '.env',
      '日本/語.txt',
    ];
    const long = `${'a/'.repeat(90)}b`;
    const named = Object.fromEntries([...paths, long].map((path) => [path, path]));

    const { deployment, dependents } = renderPython({ file: 'my words.py', sources: named });

    const { volumes = [] } = deployment.spec?.template.spec ?? {};
    const items = volumes.find(({ name }) => name === 'python-sources-volume')?.configMap?.items ?? [];
    const configMap = dependents.find(({ metadata }) => metadata?.name === 'python-sources-words');
    expect(items.map(({ path }) => path)).toEqual([...paths, long]);
    for (const { key, path } of items) {
      expect(key).toMatch(/^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/);
      expect(configMap).toHaveProperty(['data', key], path);
    }
  });

  it('are in the options', () => {
    expect(
      configOf({
        file: './wc.py',
        files: ['lib/', '/x'],
        requirements: 'lib#/wheels',
        archives: ['data.zip#a'],
        sources,
      }),
    ).toMatchObject({
      [args]: ['--python', '/opt/flink/python/wc.py'],
      'python.files': '/opt/flink/python/lib,/x',
      'python.requirements': '/opt/flink/python/lib#/wheels',
      'python.archives': '/opt/flink/python/data.zip#a',
    });
  });

  it('are refused when a ConfigMap cannot hold them', () => {
    expect(errorsOf({ file: 'wc.py', sources: { 'wc.py': 'ä'.repeat(600_000) } })).toEqual([
      '/job/python/sources have 1200005 bytes; together they have at most 1048576. Put large files into the image, or into a file system of the image such as s3://',
    ]);
  });
});

describe('a file that the JobManager cannot read', () => {
  it.each<[PythonProgram, string]>([
    [
      { file: 's3://bucket/jobs/wc.py' },
      '/job/python/file s3://bucket/jobs/wc.py is not in the image, and Python cannot open it; write module: wc and files: [s3://bucket/jobs/wc.py] (-pym wc -pyfs s3://bucket/jobs/wc.py)',
    ],
    [{ file: '/opt/wc' }, '/job/python/file /opt/wc must end with .py; use module for another program'],
    [
      { file: 'wc.py' },
      '/job/python/file wc.py is not in sources; send its content there, or write a path in the image (local:///…)',
    ],
    [{ file: 'local:wc.py' }, '/job/python/file local:wc.py does not name a file; write for example local:///opt/file'],
    [
      { module: 'wc', files: ['s3://bucket/a.zip', 'https://host/b.zip'] },
      '/job/python/files/1 https://host/b.zip has the scheme https, which Flink does not read for Python; use local:///… or a file system of the image such as s3://…',
    ],
    [
      { module: 'wc', requirements: '/r.txt#wheels' },
      '/job/python/requirements wheels is not in sources; send its content there, or write a path in the image (local:///…)',
    ],
    [
      { module: 'wc', archives: ['venv.zip#venv'] },
      '/job/python/archives/0 venv.zip is not in sources; send its content there, or write a path in the image (local:///…)',
    ],
  ])('is refused by name (%#)', (python, error) => {
    expect(errorsOf(python)).toEqual([error]);
  });
});

describe('an image without Python', () => {
  it.each([
    [{}, 'apache/flink:2.3.0-scala_2.12'],
    [{ 'kubernetes.container.image.ref': 'flink:2.2' }, 'flink:2.2'],
    [{ 'kubernetes.container.image': 'library/flink' }, 'library/flink'],
  ])('is a warning (%#)', (config, name) => {
    expect(renderPython({ file: '/wc.py' }, { config }).warnings).toEqual([
      `Image ${name} has no Python. Set kubernetes.container.image.ref to an image with Python and apache-flink.`,
    ]);
  });

  it.each(['flink:2.2-python', '1.dkr.ecr.eu-central-1.amazonaws.com/flink:2.2', 'apache/flinkx'])(
    'is none of those that may have it: %s',
    (name) => {
      const config = { 'kubernetes.container.image.ref': name };

      expect(renderPython({ file: '/wc.py' }, { config }).warnings).toEqual([]);
    },
  );
});
