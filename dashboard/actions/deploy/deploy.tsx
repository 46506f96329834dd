import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { stringify } from 'yaml';

import { listMasks, mask } from '#events/secrets.ts';

import { useCluster } from '../../api/clusters/cluster.ts';
import { planSpec, type PlannedSpec, sendDeployment } from '../../api/operations/deploys.ts';
import { toApiError } from '../../api/client/problem.ts';
import { useRevision } from '../../api/clusters/revisions.ts';
import type { FieldError } from '../../api/types.ts';
import { clusterPath } from '../../app/paths.ts';
import { useTargetName } from '../../app/target.ts';
import { ActionDialog } from '../../components/action-dialog.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { QueryState } from '../../components/query-state.tsx';
import { specFile, toDeployment, toDiffWords } from '../../model/specs/deployment.ts';
import { describeClass } from '../../model/specs/plan.ts';
import { getText, readSpec, type Spec } from '../../model/specs/spec-text.ts';
import { ClusterFields, LifetimeFields, ResourceFields } from './cluster-fields.tsx';
import { OptionFields } from './option-fields.tsx';
import { PlanView } from './plan-view.tsx';
import { ProgramFields } from './program-fields.tsx';
import { createSpecEditor } from './spec-editor.ts';
import { YamlEditor } from './yaml-editor.tsx';

const emptySpec = 'mode: application\n';

/** Deploys a new cluster, or one with the present spec of another. */
export const Component = () => {
  const target = useTargetName();
  const [parameters] = useSearchParams();
  const from = parameters.get('from');
  return from === null ? (
    <Editor key={target} target={target} initialText={emptySpec} />
  ) : (
    <DeployAgain key={`${target} ${from}`} target={target} clusterId={from} />
  );
};

/** The form with the newest spec of a cluster, also of one that has ended. */
const DeployAgain = (ref: { readonly target: string; readonly clusterId: string }) => (
  <QueryState query={useCluster(ref)}>
    {({ revision }) => <DeployRevision target={ref.target} clusterId={ref.clusterId} revision={revision} />}
  </QueryState>
);

interface DeployRevisionProps {
  readonly target: string;
  readonly clusterId: string;
  readonly revision: number | undefined;
}

const DeployRevision = ({ revision, ...ref }: DeployRevisionProps) => {
  // A rollout may bring another one while the reader edits.
  const [number] = useState(revision);
  const query = useRevision(ref, number);
  if (number === undefined) return <Alert type="warning">The spec of {ref.clusterId} is not stored.</Alert>;
  return (
    <QueryState query={query}>
      {({ deploy }) => <Editor target={ref.target} initialText={stringify(deploy, { lineWidth: 0 })} />}
    </QueryState>
  );
};

interface EditorProps {
  readonly target: string;
  readonly initialText: string;
}

type Form = 'form' | 'yaml';

const Editor = ({ target, initialText }: EditorProps) => {
  const [text, setText] = useState(initialText);
  const [form, setForm] = useState<Form>('form');
  const [isConfirming, setConfirming] = useState(false);
  const { spec, mistakes } = readSpec(text);
  const plan = useMutation({ mutationFn: (given: Spec) => planSpec(target, given) });
  const change = (changed: string) => {
    setText(changed);
    // A plan is of one text.
    plan.reset();
  };
  const errors: readonly FieldError[] =
    plan.error === null ? (plan.data?.plan.errors ?? []) : (toApiError(plan.error).details.errors ?? []);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description={`Target ${target}`}
          actions={
            <SegmentedControl
              label="Edit as"
              selectedId={form}
              options={[
                { id: 'form', text: 'Form', disabled: spec === undefined, disabledReason: 'The YAML has a mistake.' },
                { id: 'yaml', text: 'YAML' },
              ]}
              onChange={({ detail }) => setForm(detail.selectedId === 'yaml' ? 'yaml' : 'form')}
            />
          }
        >
          Deploy
        </Header>
      }
    >
      <SpaceBetween size="l">
        {spec === undefined ? null : <MaskAlert spec={spec} />}
        {form === 'form' && spec !== undefined ? (
          <SpecForm text={text} spec={spec} errors={errors} onChange={change} />
        ) : (
          <YamlEditor
            text={text}
            onChange={change}
            mistakes={mistakes}
            errors={errors}
            fileName={specFile(spec ?? {})}
          />
        )}
        {plan.error === null ? null : (
          <ProblemAlert
            error={plan.error}
            isMarked={errors.length > 0 && (form === 'yaml' || errors.every(({ pointer }) => hasField(pointer, spec)))}
          />
        )}
        {plan.data === undefined ? null : <PlanView target={target} planned={plan.data} />}
        <Actions
          canPlan={spec !== undefined}
          isPlanning={plan.isPending}
          planned={plan.data}
          onPlan={() => spec !== undefined && plan.mutate(spec)}
          onDeploy={() => setConfirming(true)}
        />
        {spec === undefined ? null : <CommandLine words={toDiffWords(spec, target)} />}
        {isConfirming && plan.data !== undefined && spec !== undefined ? (
          <ConfirmDialog target={target} spec={spec} planned={plan.data} onClose={() => setConfirming(false)} />
        ) : null}
      </SpaceBetween>
    </ContentLayout>
  );
};

interface SpecFormProps {
  readonly text: string;
  readonly spec: Spec;
  readonly errors: readonly FieldError[];
  readonly onChange: (text: string) => void;
}

const SpecForm = (given: SpecFormProps) => {
  const editor = createSpecEditor(given);
  return (
    <SpaceBetween size="l">
      <ClusterFields editor={editor} />
      {getText(given.spec, ['mode']) === 'session' ? null : <ProgramFields editor={editor} />}
      <ResourceFields editor={editor} />
      <LifetimeFields editor={editor} />
      <OptionFields editor={editor} />
    </SpaceBetween>
  );
};

/** Whether the form shows a field for what an error is about. */
const hasField = (pointer: string, spec: Spec = {}): boolean =>
  fieldPattern.test(pointer) ||
  (getText(spec, ['mode']) === 'session' ? pointer === '/lifetime/idleAfter' : programPattern.test(pointer));

const fieldPattern = /^\/(clusterId|image|flinkVersion|labels\/team|lifetime\/(ttl|until|savepoint)|config\/[^/]+)$/;
const programPattern = /^\/job(\/(jar|entryClass|parallelism|args|restore\/path))?$/;

const maxFields = 10;

/** The API masks what may be a secret, and refuses the masks. */
const MaskAlert = ({ spec }: { readonly spec: Spec }) => {
  const masked = listMasks(spec).map((path) => path.join('/'));
  if (masked.length === 0) return null;
  const fields = [...masked.slice(0, maxFields), ...(masked.length > maxFields ? ['…'] : [])];
  return (
    <Alert type="warning" header="Values are hidden">
      {mask} stands for a value that may be a secret ({fields.join(', ')}). Write the values before you deploy the spec.
    </Alert>
  );
};

interface ActionsProps {
  readonly canPlan: boolean;
  readonly isPlanning: boolean;
  readonly planned: PlannedSpec | undefined;
  readonly onPlan: () => void;
  readonly onDeploy: () => void;
}

const Actions = ({ canPlan, isPlanning, planned, onPlan, onDeploy }: ActionsProps) => {
  const isUnchanged = planned?.plan.changes?.unchanged === true;
  const refusal =
    planned === undefined
      ? 'Plan it first.'
      : isUnchanged
        ? 'The cluster runs this spec.'
        : planned.plan.dryRun === 'refused'
          ? 'The API server refuses the objects.'
          : undefined;
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        variant={planned === undefined ? 'primary' : 'normal'}
        disabled={!canPlan}
        loading={isPlanning}
        onClick={onPlan}
      >
        Plan
      </Button>
      <Button
        variant={planned === undefined ? 'normal' : 'primary'}
        disabled={refusal !== undefined}
        disabledReason={refusal}
        onClick={onDeploy}
      >
        {planned?.isLive === true ? 'Apply' : 'Deploy'}
      </Button>
    </SpaceBetween>
  );
};

interface ConfirmDialogProps {
  readonly target: string;
  readonly spec: Spec;
  readonly planned: PlannedSpec;
  readonly onClose: () => void;
}

const ConfirmDialog = ({ target, spec, planned: { plan, isLive }, onClose }: ConfirmDialogProps) => {
  const navigate = useNavigate();
  const { clusterId, digest, changes } = plan;
  const deployment = toDeployment(spec, { target, digest, clusterId, isLive });
  const [startedAs, setStartedAs] = useState<string>();
  const close = () => {
    onClose();
    if (startedAs !== undefined) void navigate(clusterPath(target, startedAs));
  };
  return (
    <ActionDialog
      title={isLive ? `Apply to ${clusterId}` : 'Deploy'}
      confirm={isLive ? 'Apply' : 'Deploy'}
      command={deployment.words}
      run={async (key) => {
        const operation = await sendDeployment(target, deployment, key);
        setStartedAs(operation?.clusterId ?? clusterId);
        return operation;
      }}
      onClose={close}
    >
      {isLive
        ? `${describeClass(changes)}. Another change of the cluster since the plan is refused.`
        : `Starts a cluster on target ${target}. The command line needs the YAML as the file ${specFile(spec)}.`}
    </ActionDialog>
  );
};
