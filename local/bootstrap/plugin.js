import { copyFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Puts the runtime of stage `local` at the root of each function's package, where Lambda looks for it.
 * For `custom.esbuild.plugins` of serverless.yml; `package.patterns` could only put it where it is in the project.
 */
export default (serverless) =>
  serverless.service.provider.stage === 'local' ? [{ name: 'local-runtime', setup: copyRuntime }] : [];

const copyRuntime = ({ initialOptions: { entryPoints, outdir }, onEnd }) => {
  const [entry] = entryPoints;
  // The build folder, whatever its name: `outdir` is the entry's own folder in it.
  const build = resolve(
    outdir,
    ...dirname(entry)
      .split('/')
      .map((part) => (part === '.' ? '.' : '..')),
  );
  onEnd(() => copyFileSync(join(import.meta.dirname, 'bootstrap'), join(build, 'bootstrap')));
};
