import { describe, expect, it } from 'vitest';

import { median, percentile, summarize } from '#test/bench/measure.ts';
import { renderWaterfall } from '#test/bench/waterfall.ts';
import { countRequests } from '#test/bench/model/commands.ts';
import { openMeter } from '#test/bench/model/capacity.ts';
import type { TimedRequest } from '#test/bench/model/timed-simulation.ts';
import type { TableItem, TableRequest } from '#test/fakes/table.ts';

describe('the figures of a row', () => {
  it('are medians and the 95th percentile, which is one of the values', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);

    expect(median(values)).toBe(50);
    expect(percentile(values, 0.95)).toBe(95);
    expect(percentile([3, 1, 2], 0.95)).toBe(3);
  });

  it('leave out what was not measured', () => {
    expect(summarize([{ wallMs: 3 }, { wallMs: 1 }, { wallMs: 2 }])).toEqual({ n: 3, medianMs: 2, p95Ms: 3 });
  });
});

describe('stages', () => {
  const request = (startMs: number, endMs: number): TimedRequest => ({
    process: 'http deploy',
    service: 'DynamoDB',
    what: 'read',
    startMs,
    endMs,
    read: 1,
    write: 0,
  });

  it('are requests that follow each other, and not those that run beside each other', () => {
    expect(countRequests([request(0, 4), request(0, 15), request(15, 27), request(27, 31)])).toMatchObject({
      stages: 3,
      requests: 4,
      readUnits: 4,
    });
  });

  it('count the longer of two chains', () => {
    expect(countRequests([request(0, 15), request(0, 4), request(4, 8)])).toMatchObject({ stages: 2 });
  });
});

describe('the capacity of DynamoDB', () => {
  const item = (bytes: number, byState?: string): TableItem => ({
    pk: 'p',
    sk: 's',
    value: 'x'.repeat(bytes),
    ...(byState === undefined ? {} : { byState }),
  });
  const countWrite = (before: TableItem | undefined, after: TableItem) => {
    const items = new Map(before === undefined ? [] : [['p|s', before]]);
    const TransactItems = [{ Put: { TableName: 't', Item: after } }];
    const measure = openMeter(['dynamodb:TransactWriteItems', { TransactItems }], items);
    items.set('p|s', after);
    return measure({}).write;
  };

  it('is half for a read that is eventually consistent, and counts blocks of 4 KiB', () => {
    const get = (consistent: boolean): TableRequest => [
      'dynamodb:GetItem',
      { TableName: 't', Key: {}, ConsistentRead: consistent },
    ];

    expect(openMeter(get(true), new Map())({ Item: item(5_000) }).read).toBe(2);
    expect(openMeter(get(false), new Map())({ Item: item(5_000) }).read).toBe(1);
    expect(openMeter(get(true), new Map())({}).read).toBe(1);
  });

  it('counts the sum of the items of a query', () => {
    const query: TableRequest = ['dynamodb:Query', { TableName: 't', ConsistentRead: true }];

    expect(openMeter(query, new Map())({ Items: Array.from({ length: 10 }, () => item(1_000)) }).read).toBe(3);
  });

  it('is double for a transaction, by the larger of the item before and after', () => {
    expect(countWrite(undefined, item(100))).toBe(2);
    expect(countWrite(item(2_500), item(100))).toBe(6);
  });

  it('includes the index, where a changed key is a deletion and an insertion', () => {
    expect(countWrite(undefined, item(100, 'a'))).toBe(3);
    expect(countWrite(item(100, 'a'), item(100, 'a'))).toBe(3);
    expect(countWrite(item(100, 'a'), item(100, 'b'))).toBe(4);
  });
});

describe('a waterfall', () => {
  it('has a row for each request, and names with the characters of XML', () => {
    const svg = renderWaterfall('a < b', [
      { label: 'read & write', service: 'DynamoDB', startMs: 0, endMs: 4 },
      { label: 'create', service: 'Kubernetes', startMs: 4, endMs: 19 },
    ]);

    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('read &amp; write');
    expect(svg.match(/height="12"/g)).toHaveLength(2);
  });
});
