import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { connect } from '#cli/api/api.ts';
import { describeCredentialsSource, resolveSettings } from '#cli/api/settings.ts';

const token = 'e30.e30.c2lnbmF0dXJl';
const settingsOf = (api: string, DREY_TOKEN = token) =>
  resolveSettings({ flags: { api }, env: { DREY_TOKEN }, user: () => ({}), local: () => undefined });

const received: IncomingHttpHeaders[] = [];
const server = createServer((request, response) => {
  received.push(request.headers);
  response.end('{}');
});
afterEach(() => void server.close());

describe('the token in DREY_TOKEN', () => {
  it('replaces the signature, and no trace has it', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // a server on a port
    const lines: string[] = [];
    const settings = settingsOf(`http://127.0.0.1:${port}`, ` ${token}\n`);
    const api = connect({
      settings,
      signal: new AbortController().signal,
      isForPeople: true,
      notify: () => {},
      trace: (line) => lines.push(line),
    });

    await api.get('/v1/targets');

    expect(received.map(({ authorization }) => authorization)).toEqual([`Bearer ${token}`]);
    expect(lines.join('\n')).not.toContain(token);
    expect(
      describeCredentialsSource(settings.apiUrl, {
        flags: {},
        env: { DREY_TOKEN: token },
        user: () => ({}),
        local: () => undefined,
      }),
    ).toBe('DREY_TOKEN');
  });

  it('needs no region', () => {
    expect(settingsOf('https://drey.example.org').token).toBe(token);
  });

  it('is not sent without encryption', () => {
    expect(() => settingsOf('http://drey.example.org')).toThrow('the connection is not encrypted');
  });

  it.each(['secret', `Bearer ${token}`, `${token}\r\nx: y`])('is refused, and not printed, when it is %j', (text) => {
    expect(() => settingsOf('https://drey.example.org', text)).toThrow('DREY_TOKEN is not a JSON Web Token.');
  });
});
