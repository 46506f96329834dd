import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

import { aws } from './system.ts';

const signer = new SignatureV4({ ...aws, service: 'logs', sha256: Sha256 });

/** A call of CloudWatch Logs, whose client is no dependency of Drey. */
const callLogs = async <T>(action: string, input: object): Promise<T> => {
  const { protocol, hostname, port, host } = new URL(aws.endpoint);
  const request = new HttpRequest({
    method: 'POST',
    protocol,
    hostname,
    port: Number(port),
    path: '/',
    headers: { host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${action}` },
    body: JSON.stringify(input),
  });
  const { headers, body } = await signer.sign(request);
  const { host: _host, ...signed } = headers;
  const response = await fetch(aws.endpoint, { method: 'POST', headers: signed, body: String(body) });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};

interface Page {
  readonly nextToken?: string;
}

/** The lines of all log groups. */
export const readLogGroups = async (): Promise<readonly string[]> => {
  const { logGroups } = await callLogs<{ logGroups: { logGroupName: string }[] }>('DescribeLogGroups', {});
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    let nextToken: string | undefined;
    do {
      const input = { logGroupName, ...(nextToken === undefined ? {} : { nextToken }) };
      // oxlint-disable-next-line no-await-in-loop
      const page = await callLogs<Page & { events: { message: string }[] }>('FilterLogEvents', input);
      lines.push(...page.events.map(({ message }) => message));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }
  return lines;
};
