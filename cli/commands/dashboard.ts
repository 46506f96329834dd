import { join } from 'node:path';

import { openForward } from '#cli/api/forward.ts';
import { describeCredentialsSource, resolveSettings, resolveTarget, type Settings } from '#cli/api/settings.ts';
import { defineCommand } from '#cli/commander/command.ts';
import { startDashboard } from '#cli/dashboard/dashboard-listener.ts';
import { openPageFiles } from '#cli/dashboard/page-files.ts';
import { serve } from '#cli/dashboard/serve.ts';
import { browserOptions, type BrowserOptions, parsePort } from '#cli/options/browser.ts';
import { readVersion } from '#cli/version.ts';
import type { LocalSession } from '#events/page-session.ts';

import { type Context, settingsSources } from '../context.ts';

export const dashboard = defineCommand<BrowserOptions>({
  options: browserOptions,
  examples: {
    'drey dashboard': 'open the dashboard in a browser, and serve it until Ctrl-C',
    'drey dashboard --port 4040 --no-open': 'serve it on port 4040, and print the address only',
  },
  run: async (context, _operands, options) => {
    const port = parsePort(options.port);
    const settings = resolveSettings(settingsSources(context.options, context.io));
    const { packageFolder } = context.io;
    const listener = await startDashboard({
      forward: openForward(settings),
      pageFiles: await openPageFiles(join(packageFolder, 'dashboard', 'dist')),
      session: toFacts(settings, context),
      port,
      signal: context.signal,
    });
    await serve(listener, { title: 'Dashboard', opens: options.open ?? true }, context);
  },
});

const toFacts = (settings: Settings, { options, io }: Context): LocalSession => {
  const sources = settingsSources(options, io);
  const { apiUrl, apiFrom, token } = settings;
  return {
    version: readVersion(io.packageFolder),
    api: { url: apiUrl.href, from: apiFrom },
    target: resolveTarget(sources)?.value || null,
    authentication: token === undefined ? 'iam' : 'token',
    identity: (token && readSubject(token)) ?? describeCredentialsSource(apiUrl, sources),
  };
};

/** The caller in a token. It is shown only, so that its signature does not matter. */
const readSubject = (token: string): string | undefined => {
  try {
    const claims: Readonly<Record<string, unknown>> = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    const found = claims['email'] ?? claims['sub'];
    return typeof found === 'string' ? found : undefined;
  } catch {
    return undefined; // The API judges the token.
  }
};
