import { InvalidArgumentError, Option } from 'commander';

import { defaultFlink, isFlinkImage, lines } from './flink-versions.ts';

const parsePort = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_528) throw new InvalidArgumentError('not a port');
  return value;
};

const parseUrl = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '')
    throw new InvalidArgumentError('not an address such as http://127.0.0.1:4566');
  return text;
};

const parseFlink = (text: string): readonly string[] => {
  const names = text.split(',');
  if (!names.every(isFlinkImage))
    throw new InvalidArgumentError(`not a list of ${lines.join(', ')}, each also with -python`);
  return names;
};

export const stateOption = () => new Option('--state <folder>', 'state and logs of the system (default: .local)');

export const startOptions = () => [
  new Option('--aws-endpoint <url>', 'use an AWS emulator that runs already, such as LocalStack').argParser(parseUrl),
  new Option('--port <port>', 'port of the AWS emulator').argParser(parsePort).default(4566),
  new Option('--kubernetes-port <port>', 'port of the Kubernetes API server; it also uses the next seven ports')
    .argParser(parsePort)
    .default(6443),
  new Option('--kubernetes-net <a.b>', 'first two numbers of the addresses of node, pods and services').default(
    '10.77',
  ),
  stateOption(),
  new Option('--cache <folder>', 'downloads and builds, shared by all systems (default: ~/.cache/drey)'),
  new Option('--flink <versions>', 'Flink images of the node, such as 2.2,1.20,2.2-python')
    .argParser(parseFlink)
    .default([defaultFlink], defaultFlink),
  new Option('--kubeconfig <file>', 'use an existing cluster; needs only Python and kubectl'),
  new Option('--control-plane-only', 'Kubernetes without a node: pods stay Pending'),
];
