import { beforeEach, describe, expect, it, vi } from 'vitest';

import { SignInRefused } from '../../../dashboard/hosted/issuer.ts';
import { untilLeft } from '../../../dashboard/hosted/leave.ts';
import { openIssuer } from '../../../dashboard/hosted/oidc-issuer.ts';
import { makeHostedSession } from '../support/fixtures.ts';

const session = makeHostedSession();
const { issuer: authority, clientId: client_id, scope } = session;

const keep = (key: string, value: object) => sessionStorage.setItem(`drey.oidc.${key}`, JSON.stringify(value));

/** What the token endpoint answers. */
const answerTokens = (answer: () => Response) =>
  vi.stubGlobal('fetch', async (input: string) =>
    input.endsWith('/.well-known/openid-configuration')
      ? Response.json({ issuer: authority, token_endpoint: `${authority}/token` })
      : answer(),
  );

const refuse = (error: string, status = 400) => answerTokens(() => Response.json({ error }, { status }));

describe('a renewal at an issuer', () => {
  beforeEach(() =>
    keep(`user:${authority}:${client_id}`, {
      access_token: 'token-1',
      refresh_token: 'refresh-1',
      token_type: 'Bearer',
      scope,
      profile: { sub: 'ada', iss: authority },
      expires_at: 1,
    }),
  );

  it('has the new token', async () => {
    answerTokens(() => Response.json({ access_token: 'token-2', token_type: 'Bearer', expires_in: 300 }));

    expect(await openIssuer(session).renew()).toMatchObject({ accessToken: 'token-2', isRenewable: true });
  });

  it.each(['invalid_grant', 'invalid_token', 'unauthorized_client', 'interaction_required', 'login_required'])(
    'is refused with %s',
    async (error) => {
      refuse(error);

      expect(await openIssuer(session).renew()).toBeUndefined();
    },
  );

  it.each(['temporarily_unavailable', 'server_error'])('fails with %s, and may be tried again', async (error) => {
    refuse(error, 503);

    await expect(openIssuer(session).renew()).rejects.toThrow(error);
  });
});

describe('a sign-in that led back to the page', () => {
  it('is refused when the issuer says so', async () => {
    keep('state-1', { id: 'state-1', created: 1, request_type: 'si:r', authority, client_id, scope });
    const completed = openIssuer(session).complete(`${location.origin}/signed-in?error=access_denied&state=state-1`);

    await expect(completed).rejects.toThrow(SignInRefused);
    await expect(completed).rejects.toThrow('access_denied');
  });

  it('fails when this tab has not begun it', async () => {
    const completed = openIssuer(session).complete(`${location.origin}/signed-in?code=1&state=state-1`);

    await expect(completed).rejects.not.toThrow(SignInRefused);
  });
});

describe('a page that was left', () => {
  it('is loaded again when the browser shows it as it was', () => {
    const reload = vi.fn<() => void>();
    void untilLeft(reload);
    const show = (persisted: boolean) => window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));

    show(false);
    expect(reload).not.toHaveBeenCalled();
    show(true);
    expect(reload).toHaveBeenCalledOnce();
  });
});
