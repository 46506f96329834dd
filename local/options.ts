import { InvalidArgumentError, Option } from 'commander';

/** A port as it is typed. */
const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_531) throw new InvalidArgumentError('not a port');
  return value;
};

export const stateOption = () => new Option('--state <folder>', 'what the system knows and runs (default: .local)');

export const startOptions = () => [
  new Option('--port <port>', 'port of the AWS emulator').argParser(port).default(4566),
  new Option('--kubernetes-port <port>', 'port of the Kubernetes API server; the next four are taken too')
    .argParser(port)
    .default(6443),
  new Option('--kubernetes-net <a.b>', "first two numbers of the node's and the pods' addresses").default('10.77'),
  stateOption(),
  new Option('--cache <folder>', 'what is built and fetched once (default: ~/.cache/drey)'),
  new Option('--kubeconfig <file>', 'use this cluster in place of an own one: needs only Python and kubectl'),
  new Option('--control-plane-only', 'Kubernetes without a node: nothing ever runs in a pod'),
];
