import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { access, openRoutes } from '#events/http/access.ts';
import { allowing, allows, matches } from '#test/support/iam/evaluate.ts';

const page = readFileSync('docs/deploy-to-aws.md', 'utf8');
const section = page.slice(page.indexOf('The path contains the target'), page.indexOf('### Callers with tokens'));
const [, json = ''] = /```json\n([^]*?)```/.exec(section) ?? [];
const team = [JSON.parse(json)] as Parameters<typeof allows>[0];

/** The patterns in a row of the table of permissions, such as `PUT/v1/targets/etl/specs/*`. The page shortens paths. */
const documented = (start: string): readonly string[] => {
  const row = section.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? '';
  const methods: string[] = [];
  return [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].flatMap(([, span = '']) => {
    const words = span.split(' ');
    methods.push(...words.filter((word) => /^[A-Z]+$/.test(word)));
    const paths = words.filter((word) => word.includes('/')).map(toPath);
    return paths.flatMap((path) => methods.map((method) => `${method}${path}`));
  });
};
const toPath = (path: string): string => path.replace(/^…(?!\/v1)/, '/v1/targets/etl').replace('…', '');

const routes = Object.keys(access).filter((route) => !openRoutes.includes(route));
const requestTo = (route: string, target: string) => {
  const [method = '', path = ''] = route.split(' ');
  return [method, path.replace('{target}', target).replaceAll(/\{\w+\+?\}/g, 'x')] as const;
};
const ofTargets = routes.filter((route) => route.includes('{target}'));
const others = ['other', 'etl2', 'etl-prod', 'et', 'xetl', 'ETL', '*', 'etl*'];

describe('the documented policy of a team', () => {
  it.each(ofTargets)('decides about %s of its own target by the method', (route) => {
    const isInside = /\{target\}\//.test(route) && /^(GET|POST) /.test(route);

    expect(allows(team, ...requestTo(route, 'etl'))).toBe(isInside);
  });

  it.each(routes.flatMap((route) => others.map((target) => [route, target] as const)))(
    'does not allow %s of target %s',
    (route, target) => {
      expect(allows(team, ...requestTo(route, target))).toBe(false);
    },
  );

  it('lets the team follow its own operations, and no others', () => {
    const follow = (target: string) => allows(team, 'GET', `/v1/targets/${target}/operations/${'0'.repeat(32)}`);

    expect([follow('etl'), follow('other')]).toEqual([true, false]);
  });
});

describe('the documented permission', () => {
  const listAllowed = (...patterns: readonly string[]) =>
    routes.filter((route) => allows([allowing(...patterns)], ...requestTo(route, 'etl')));

  it('to change targets includes all routes below', () => {
    const patterns = documented('`PUT` and `DELETE');

    expect(patterns).toEqual(['PUT/v1/targets/*', 'DELETE/v1/targets/*']);
    expect(listAllowed(...patterns)).toEqual(ofTargets.filter((route) => /^(PUT|DELETE) /.test(route)));
  });

  it('to change specs and schedules does not include the change of targets', () => {
    const patterns = documented('`PUT …/v1/targets/etl/specs');

    expect(patterns).toEqual(['PUT/v1/targets/etl/specs/*', 'PUT/v1/targets/etl/schedules/*']);
    expect(listAllowed(...patterns)).toEqual([
      'PUT /v1/targets/{target}/specs/{name}',
      'PUT /v1/targets/{target}/schedules/{name}',
    ]);
  });

  it('for dead letters is one of its own', () => {
    expect(listAllowed('*/v1/dead-letters*')).toEqual(routes.filter((route) => route.includes('dead-letters')));
    expect(ofTargets.some((route) => allows([allowing('*/v1/dead-letters*')], ...requestTo(route, 'etl')))).toBe(false);
  });
});

describe('a pattern of IAM', () => {
  it.each([
    ['a/*', 'a/b/c', true],
    ['a/*', 'a', false],
    ['a?c', 'abc', true],
    ['a.c', 'abc', false],
    ['$default/*', '$default/', true],
    ['*', '', true],
  ])('%s and the text %s', (pattern, text, isMatch) => {
    expect(matches(pattern, text)).toBe(isMatch);
  });

  it('of a denial counts more than one of a permission', () => {
    const denial = { ...allowing('GET/v1/targets/etl/specs/*'), Effect: 'Deny' as const };

    expect(allows([...team, denial], 'GET', '/v1/targets/etl/specs/a')).toBe(false);
    expect(allows([...team, denial], 'GET', '/v1/targets/etl/clusters')).toBe(true);
  });
});
