import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { setCaller } from '../../../dashboard/api/client/caller.ts';
import { createCaller } from '../../../dashboard/hosted/caller.ts';
import { SignedOut } from '../../../dashboard/app/signed-out.tsx';
import { findViolations } from '../support/axe.ts';
import { clusterAnswers } from '../support/cluster-api.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeIssuer, makeTokens, nowMs } from '../support/fake-issuer.ts';
import { makeHostedSession } from '../support/fixtures.ts';
import { openDashboard } from '../support/render.tsx';

const openHosted = async (path: string) => {
  const { issuer, calls } = fakeIssuer();
  const tokens = makeTokens({ claims: { preferred_username: 'ada' } });
  setCaller(createCaller({ issuer, tokens, currentPath: () => path, storage: sessionStorage, now: () => nowMs }));
  fakeApi(clusterAnswers(), makeHostedSession());
  return { ...(await openDashboard(path)), calls };
};

describe('the hosted page', () => {
  it('shows who has signed in, and signs out', async () => {
    const { user, calls } = await openHosted('/');
    // Without a layout, the bar takes itself for too narrow, and hides its menus.
    await user.click((await screen.findAllByRole('button', { name: 'Caller ada', hidden: true }))[0]);
    const [copy] = await screen.findAllByRole('menuitem', { name: 'Copy the address of the API', hidden: true });
    expect(copy?.getAttribute('aria-disabled')).not.toBe('true');
    expect(document.body.textContent).toContain('https://api.example.com, Drey 0.1.0');
    await user.click((await screen.findAllByRole('menuitem', { name: 'Sign out', hidden: true }))[0]);

    expect(calls).toEqual(['sign out']);
  });

  it("has the command that opens Flink's UI in place of a link", async () => {
    const { user } = await openHosted('/targets/etl/clusters/nightly');
    const button = await screen.findByRole('button', { name: "Copy the command that opens Flink's UI" });

    expect(button.textContent).toContain('drey ui nightly');
    expect(document.querySelector('a[href^="/flink-ui/"]')).toBeNull();
    await user.click((await screen.findAllByRole('button', { name: 'Actions' }))[0]);
    const item = await screen.findByRole('menuitem', { name: /^Open Flink's UI/ });
    expect(item.getAttribute('aria-disabled')).toBe('true');
    await user.hover(item);
    expect(document.body.textContent).toContain('Run drey ui nightly --at etl in a shell.');
  });

  it('says why nobody is signed in, without violations of accessibility', async () => {
    render(<SignedOut error={new Error('access_denied')} />);

    expect(screen.getByText('access_denied')).toBeTruthy();
    expect(await screen.findByRole('link', { name: 'Sign in' })).toHaveProperty('pathname', '/');
    expect(await findViolations()).toEqual([]);
  });
});
