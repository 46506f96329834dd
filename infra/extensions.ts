/** Changes of resources that osls generates, where it has no option for them. */
import { openRoutes } from '#events/http/access.ts';

import { type EmulatorSettings, runtimeExtensions } from './emulator.ts';
import { type FunctionEntry, functionNames, functions, roleOf, toPascalCase } from './functions.ts';

interface Extension {
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

/** The limits of API Gateway for one route: requests in a second, and requests at once. */
const limits = (perSecond: number, burst: number) => ({
  ThrottlingRateLimit: perSecond,
  ThrottlingBurstLimit: burst,
  DetailedMetricsEnabled: false,
});

/** `GET /openapi.json` → `HttpApiRouteGetOpenapijson`, as osls names the resource of a route without parameters. */
const routeResource = (route: string) => {
  const [method = '', path = ''] = route.split(' ');
  const parts = [method.toLowerCase(), ...path.split('/')].map((part) => part.replaceAll(/[^0-9A-Za-z]/g, ''));
  return `HttpApiRoute${parts.map(toPascalCase).join('')}`;
};

/** Anybody may call the open routes, so they have low limits. API Gateway answers 429 above a limit. */
const apiStage: Extension = {
  Properties: {
    DefaultRouteSettings: limits(100, 200),
    RouteSettings: Object.fromEntries(openRoutes.map((route) => [route, limits(10, 20)])),
  },
  DependsOn: openRoutes.map(routeResource), // API Gateway refuses settings of a route that does not exist yet.
};

/** EventBridge Scheduler retries an invocation as Lambda does. Without a policy it retries for a day. */
const scheduleOf = (name: string, { maximumEventAge, maximumRetryAttempts }: FunctionEntry): Extension => ({
  Properties: {
    Target: {
      Arn: { 'Fn::GetAtt': [`${toPascalCase(name)}LambdaFunction`, 'Arn'] },
      RoleArn: { 'Fn::GetAtt': [roleOf(name), 'Arn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: maximumEventAge, MaximumRetryAttempts: maximumRetryAttempts },
    },
  },
});

const schedules = functionNames
  .filter((name) => functions[name].events.some((event: FunctionEntry['events'][number]) => 'schedule' in event))
  .map((name) => [`${toPascalCase(name)}SchedulerSchedule1`, scheduleOf(name, functions[name])] as const);

/** @param emulator The emulator that stage `local` is deployed to. */
export const extensionsOf = (emulator?: EmulatorSettings): Readonly<Record<string, Extension>> => ({
  HttpApiStage: apiStage,
  ...Object.fromEntries(schedules),
  ...(emulator === undefined ? {} : runtimeExtensions(emulator)),
});
