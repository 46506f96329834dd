import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const hasTmux = () =>
  run('tmux', ['-V']).then(
    () => true,
    () => false,
  );

/** Tests of what is seen on a terminal need one: Debian's tmux, which root has installed. Without it they fail, and are not left out. */
export const needTmux = async (): Promise<void> => {
  if (await hasTmux()) return;
  if (process.getuid?.() === 0) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env }).catch(() => {}); // an old list may do
    await run('apt-get', ['install', '-qy', '--no-install-recommends', 'tmux'], { env });
  }
  if (!(await hasTmux())) throw new Error('The tests of the terminal need tmux: apt-get install tmux');
};

export default needTmux;
