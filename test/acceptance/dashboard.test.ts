import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { buildPage } from '#local/services/dashboard.ts';
import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';
import { median } from '#test/bench/measure.ts';

import { launchBrowser, needBrowser } from '../support/browser.ts';
import {
  type DashboardProcess,
  findViolations,
  measureFirstLoad,
  startDashboard,
  untilOverview,
} from '../support/dashboard-page.ts';
import { environment } from '../support/cli.ts';
import { collectErrors, readGraph } from '../support/job-graph.ts';
import { freshId, listJobs, small, startCluster, stop, system, untilDone, untilState } from '../support/system.ts';

const clusterId = freshId('page');
const failedId = freshId('cause');
const jobName = 'CarTopSpeedWindowingExample';
const patienceMs = 300_000;

let dashboard: DashboardProcess;
let browser: Browser;
let page: Page;
let errors: readonly string[];
let failedDeploy: string;

/** Pictures for people, in the folder that DREY_TEST_PICTURES names. */
const picture = async (name: string, shown: Page = page): Promise<void> => {
  const folder = process.env['DREY_TEST_PICTURES'];
  if (folder !== undefined) await shown.screenshot({ path: `${folder}/${name}.png` });
};

beforeAll(async () => {
  await Promise.all([needBrowser(), buildPage(system)]);
  const failing = {
    jar: 'local:///opt/flink/examples/streaming/WordCount.jar',
    args: ['--execution-mode', 'sideways'],
  };
  failedDeploy = (await startCluster({ mode: 'application', clusterId: failedId, job: failing, config: small }))
    .operationId;
  dashboard = await startDashboard(environment);
  browser = await launchBrowser();
  const context = await browser.newContext({ colorScheme: 'light', viewport: { width: 1400, height: 1200 } });
  context.setDefaultTimeout(patienceMs);
  page = await context.newPage();
  errors = collectErrors(page);
  await page.goto(dashboard.address);
  await untilOverview(page);
});

afterAll(async () => {
  await picture('last');
  await browser.close();
  await dashboard.interrupt();
  for (const id of [clusterId, failedId]) if ((await stop(id)).status < 300) await untilState(id, 'STOPPED');
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const fill = (name: string, value: string) => page.getByRole('textbox', { name, exact: true }).fill(value);
const openTab = (name: string) => page.getByRole('tab', { name, exact: true }).click();

/** Chooses an action in a menu, and returns its dialog. */
const chooseAction = async (menu: string, action: string) => {
  await button(menu).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  return dialog;
};

/** Waits until a row of the table of jobs has a state. */
const untilJobIs = (state: string) =>
  page.getByRole('row').filter({ hasText: jobName }).filter({ hasText: state }).waitFor();

/** Violations of the accessibility rules in light and in dark mode. */
const findInBothThemes = async (view: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const [theme, other] of [
    ['light', 'dark'],
    ['dark', 'light'],
  ]) {
    await picture(`${view}-${theme}`);
    found.push(...(await findViolations(page)).map((violation) => `${theme}: ${violation}`));
    await button(`Switch to ${other} theme`).click();
  }
  return found;
};

describe('the dashboard in a browser', () => {
  it('shows the overview, without violations of accessibility', async () => {
    const violations = await findInBothThemes('overview');
    const loads: number[] = [];
    const { origin } = new URL(dashboard.address);
    for (let load = 0; load < 5; load += 1)
      loads.push((await measureFirstLoad(browser, page.context(), origin)).interactiveMs);
    console.log(
      `Overview interactive after its first load: ${Math.round(median(loads))} ms (median of ${loads.length})`,
    );

    expect(violations).toEqual([]);
  });

  it('deploys a session from the form', async () => {
    await page.getByRole('link', { name: `Deploy to ${system.target}` }).click();
    await page.getByRole('radio', { name: 'Session' }).check();
    await fill('Cluster ID', clusterId);
    await fill('Memory of the JobManager', small['jobmanager.memory.process.size']);
    await fill('Memory of a TaskManager', small['taskmanager.memory.process.size']);
    await button('Add option').click();
    await fill('Key of option 1', 'pekko.startup-timeout');
    await fill('Value of option 1', small['pekko.startup-timeout']);
    await button('Plan').click();
    await page.getByText('Starts a new cluster').waitFor();
    const violations = await findInBothThemes('deploy');
    await button('Deploy').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
    await page.getByRole('heading', { name: clusterId, level: 1 }).waitFor();

    expect(violations).toEqual([]);
    expect(await untilState(clusterId, 'RUNNING')).toMatchObject({ mode: 'session' });
  });

  it('uploads a jar, and shows its job RUNNING', async () => {
    const dialog = await chooseAction('Actions', 'Submit a job');
    await dialog.getByRole('button', { name: 'Choose the jar' }).setInputFiles(exampleJar(settingsFrom()));
    await dialog.getByRole('button', { name: 'Upload and submit' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await openTab('Jobs');
    await untilJobIs('RUNNING');
    await page.getByText('Records per second', { exact: true }).waitFor();

    expect(await listJobs(clusterId)).toMatchObject([{ name: jobName, state: 'RUNNING' }]);
    expect(await findInBothThemes('jobs')).toEqual([]);
  });

  it("opens Flink's UI, which draws the graph of the job", async () => {
    const [job] = await listJobs(clusterId);
    const [flink] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: "Flink's UI, opens in a new tab" }).click(),
    ]);
    const graph = await readGraph(flink, job?.jobId ?? '');
    await picture('flink', flink);
    await flink.close();

    expect(graph).toMatch(/Source: .*Parallelism/s);
  });

  it('does not stop the session with a live job without a savepoint unless its ID is typed', async () => {
    const dialog = await chooseAction('Actions', 'Stop');
    // The session has no directory of savepoints, so that none is the choice that works.
    await dialog.getByRole('radio', { name: /^No savepoint/, checked: true }).waitFor();
    await dialog.getByRole('textbox', { name: /to confirm$/ }).waitFor();

    expect(await dialog.getByRole('button', { name: 'Stop the cluster' }).isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  });

  it('cancels the job, and stops the session', async () => {
    const cancel = await chooseAction(`Job actions of ${jobName}`, 'Cancel');
    await cancel.getByRole('button', { name: 'Cancel the job' }).click();
    await cancel.waitFor({ state: 'hidden' });
    await untilJobIs('CANCELED');

    const end = await chooseAction('Actions', 'Stop');
    // The dialog reads the jobs, and sees that none is live.
    await end.getByText(/which has no live jobs/).waitFor();
    expect(await end.getByRole('textbox', { name: /to confirm$/ }).count()).toBe(0);
    await end.getByRole('button', { name: 'Stop the cluster' }).click();
    await end.waitFor({ state: 'hidden' });
    await page.getByText('STOPPED', { exact: true }).first().waitFor();

    expect(await untilState(clusterId, 'STOPPED')).toMatchObject({ mode: 'session' });
  });

  it('shows the log that is kept after the end', async () => {
    await openTab('Logs');
    await page.getByText(/^Lines:.*kept/).waitFor();
    const log = await page.getByRole('region', { name: 'Lines of the log' }).innerText();
    await picture('kept-log');

    expect(log).toContain(`Job ${jobName}`);
    expect(log).toContain('CANCELED');
  });

  it('leads to the cause of a failed application in three clicks', async () => {
    await untilDone(failedDeploy);
    await page.getByRole('link', { name: 'Overview', exact: true }).click();
    await page.getByRole('link', { name: failedId }).first().click();
    await page.getByText(`Cluster ${failedId} failed`, { exact: true }).waitFor();
    await page
      .getByText(/sideways/i)
      .first()
      .waitFor();
    await picture('cause');
    await page.getByRole('link', { name: 'Log of the JobManager' }).click();
    const log = page.getByRole('region', { name: 'Lines of the log' });
    await log
      .getByText(/sideways/i)
      .first()
      .waitFor();

    // The page shows problems of the API itself: the plan asks whether the cluster is live, and clusters end while they are read.
    expect(errors.filter((error) => !/^Failed to load resource: .*:\d+\/v1\//.test(error))).toEqual([]);
  });
});
