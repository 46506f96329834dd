import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Grants } from '#events/http/grants.ts';
import { buildPage } from '#local/services/dashboard.ts';

import { launchBrowser, needBrowser } from '../support/browser.ts';
import { findViolations, untilOverview } from '../support/dashboard-page.ts';
import { type HostedPage, startHostedPage } from '../support/hosted-page.ts';
import { collectErrors } from '../support/job-graph.ts';
import { system } from '../support/system.ts';
import { createTokenApi, startIssuer } from '../support/token-api.ts';

const grants: Grants = { claim: 'groups', rights: { readers: { '*': 'read' } } };
const reader = { sub: 'ada', preferred_username: 'ada@example.org', groups: ['readers'] };

let issuer: Awaited<ReturnType<typeof startIssuer>>;
let hosted: HostedPage;
let browser: Browser;
let page: Page;
let errors: readonly string[];

beforeAll(async () => {
  await Promise.all([needBrowser(), buildPage(system)]);
  issuer = await startIssuer();
  const functions = ['targets', 'clusters', 'cluster', 'queueView'] as const;
  const api = await createTokenApi(issuer.issuer, { grants, functions });
  hosted = await startHostedPage({ api, issuer: issuer.issuer, clientId: 'page' });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await hosted.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  errors = collectErrors(page);
});
afterEach(() => page.close());

const callerMenu = (name: string) => page.getByRole('button', { name: `Caller ${name}` });

describe('the hosted dashboard in a browser', () => {
  it('signs in at the issuer, and shows the targets', async () => {
    issuer.setReader(reader);
    await page.goto(hosted.origin);
    await untilOverview(page);
    await callerMenu('ada@example.org').waitFor();
    await page.getByRole('link', { name: system.target }).first().waitFor();

    expect(page.url()).toBe(`${hosted.origin}/`);
    expect(await findViolations(page)).toEqual([]);
    expect(errors).toEqual([]); // Nothing breaks the content security policy.
  });

  it('returns to the address that was opened', async () => {
    issuer.setReader(reader);
    const path = `/targets/${system.target}/queue`;
    await page.goto(`${hosted.origin}${path}?opened=1`);
    await page.getByRole('heading', { name: 'Queue', level: 1 }).waitFor();

    expect(page.url()).toBe(`${hosted.origin}${path}?opened=1`);
  });

  it('keeps the tokens in the tab only, and signs out', async () => {
    issuer.setReader(reader);
    await page.goto(hosted.origin);
    await untilOverview(page);
    const [kept, stored] = await page.evaluate<[string, string]>(
      '[{ ...sessionStorage }, { ...localStorage }].map((one) => JSON.stringify(one))',
    );
    await callerMenu('ada@example.org').click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByText('You are signed out').waitFor();

    expect(kept).toContain('access_token');
    expect(stored).not.toContain('token');
    expect(await page.evaluate('JSON.stringify({ ...sessionStorage })')).not.toContain('token');
    expect(new URL(page.url()).pathname).toBe('/signed-out');
  });

  it('renews a token that is about to end, without a sign-in', async () => {
    issuer.setReader(reader, 30);
    const grants: string[] = [];
    page.on('request', (request) => {
      if (request.url() === `${issuer.issuer}/token`)
        grants.push(new URLSearchParams(request.postData() ?? '').get('grant_type') ?? '');
    });
    await page.goto(hosted.origin);
    await untilOverview(page);
    await page.reload();
    await untilOverview(page);

    expect(grants).toEqual(['authorization_code', 'refresh_token']);
  });

  it('shows Access denied to a reader without a right', async () => {
    issuer.setReader({ ...reader, groups: ['others'] });
    await page.goto(hosted.origin);
    await page.getByText('Access denied').first().waitFor();

    expect(await page.getByRole('link', { name: system.target }).count()).toBe(0);
  });

  it('shows Access denied when the API refuses the tokens of the issuer, after one more sign-in', async () => {
    issuer.setReader({ ...reader, aud: 'another' });
    const visits: string[] = [];
    page.on(
      'request',
      (request) => request.url().startsWith(`${issuer.issuer}/authorize`) && visits.push(request.url()),
    );
    await page.goto(hosted.origin);
    await page.getByText('Access denied').first().waitFor();

    expect(visits).toHaveLength(2);
  });
});
