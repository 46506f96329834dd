/** The state machines as resources of the template. Their roles are in `infra/roles.ts`. */
import { toPascalCase } from '../functions.ts';
import { stateMachines, workflowNames } from './definitions.ts';

export const machineOf = (name: string) => `${toPascalCase(name)}Machine`;

export const stateMachineResources = Object.fromEntries(
  workflowNames.map((name) => [
    machineOf(name),
    {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: `\${self:provider.stackName}-${name}`,
        StateMachineType: 'STANDARD',
        RoleArn: { 'Fn::GetAtt': [`${machineOf(name)}Role`, 'Arn'] },
        DefinitionSubstitutions: { FunctionArn: { 'Fn::GetAtt': [`${toPascalCase(name)}LambdaFunction`, 'Arn'] } },
        Definition: stateMachines[name],
      },
    },
  ]),
);
