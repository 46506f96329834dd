/** The state machines as resources of the template. Their roles are in `infra/iam/roles.ts`. */
import type { WorkflowName } from '#events/commands/define.ts';

import { toPascalCase } from '../functions.ts';
import type { StageSettings } from '../stage-settings.ts';
import { stateMachines, workflowNames } from './definitions.ts';

export const machineOf = (name: string) => `${toPascalCase(name)}Machine`;

const stateMachineResource = (name: WorkflowName, { tracing }: StageSettings) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: `\${self:provider.stackName}-${name}`,
    StateMachineType: 'STANDARD',
    RoleArn: { 'Fn::GetAtt': [`${machineOf(name)}Role`, 'Arn'] },
    ...(tracing && { TracingConfiguration: { Enabled: true } }),
    DefinitionSubstitutions: {
      FunctionArn: { 'Fn::GetAtt': [`${toPascalCase(name)}LambdaFunction`, 'Arn'] },
      LambdaInvoke: { 'Fn::Sub': 'arn:${AWS::Partition}:states:::lambda:invoke' },
    },
    Definition: stateMachines[name],
  },
});

export const stateMachinesOf = (settings: StageSettings) =>
  Object.fromEntries(workflowNames.map((name) => [machineOf(name), stateMachineResource(name, settings)]));
