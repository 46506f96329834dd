import { describe, expect, it } from 'vitest';

import { findPythonError, withPythonWayOut } from '#shared/flink/program/python-failure.ts';

const time = '2026-11-28 21:34:33,120 INFO  org.apache.flink.client.python.PythonDriver                  [] - ';
/** The log of Flink 2.2 when Python ends with an error: each printed line twice, then the exception of the driver. */
const makeLog = (printed: readonly string[], code = 1): string =>
  [
    '2026-11-28 21:34:32,001 INFO  org.apache.flink.client.ClientUtils [] - Starting program (detached: true)',
    `${time}--------------------------- Python Process Started --------------------------`,
    ...printed.flatMap((line) => [line, `${time}${line}`]),
    `${time}--------------------------- Python Process Exited ---------------------------`,
    '2026-11-28 21:34:33,130 ERROR org.apache.flink.client.python.PythonDriver [] - Run python process failed',
    `java.lang.RuntimeException: Python process exits with code: ${code}`,
    '\tat org.apache.flink.client.python.PythonDriver.main(PythonDriver.java:130)',
    'Caused by: org.apache.flink.client.program.ProgramAbortException: java.lang.RuntimeException: Python process exits with code: 1',
    `Caused by: java.lang.RuntimeException: Python process exits with code: ${code}`,
    '\t... 13 more',
  ].join('\n');
const image =
  'Use an image with Python and with apache-flink in the version of its Flink (docs/cli.md, section Python).';

describe('the error of a Python program in the log of the JobManager', () => {
  it.each([
    [
      'its exception',
      ['Traceback (most recent call last):', '  File "/opt/wc.py", line 2, in <module>', 'ValueError: no such day: 31'],
      'ValueError: no such day: 31',
    ],
    [
      'the exception that followed another one',
      [
        'Traceback (most recent call last):',
        '  File "a.py", line 2',
        "KeyError: 'a'",
        '',
        'During handling of the above exception, another exception occurred:',
        '',
        'Traceback (most recent call last):',
        '  File "a.py", line 4',
        'jobs.errors.NoDay: 31',
      ],
      'jobs.errors.NoDay: 31',
    ],
    [
      'the exception of Flink that a call threw',
      [
        'Traceback (most recent call last):',
        '  File "py4j/protocol.py", line 326, in get_return_value',
        '    raise Py4JJavaError(',
        'py4j.protocol.Py4JJavaError: An error occurred while calling o8.executeSql.',
        ': org.apache.flink.table.api.SqlParserException: SQL parse failed. Non-query expression',
        '\tat org.apache.flink.table.planner.parse.CalciteParser.parseSqlList(CalciteParser.java:81)',
        'Caused by: org.apache.calcite.runtime.CalciteException: Non-query expression',
      ],
      'org.apache.flink.table.api.SqlParserException: SQL parse failed. Non-query expression',
    ],
    [
      'the root cause of a job that it waited for',
      [
        'Traceback (most recent call last):',
        'py4j.protocol.Py4JJavaError: An error occurred while calling o78.await.',
        ': java.util.concurrent.ExecutionException: org.apache.flink.table.api.TableException: Failed to wait job finish',
        'Caused by: org.apache.flink.table.api.TableException: Failed to wait job finish',
        'Caused by: java.lang.ArithmeticException: / by zero',
      ],
      'java.lang.ArithmeticException: / by zero',
    ],
    [
      'a syntax error',
      ['  File "/opt/wc.py", line 1', '    if', '      ^', 'SyntaxError: invalid syntax'],
      'SyntaxError: invalid syntax',
    ],
    ['its last line', ['usage: wc.py [-h]', 'wc.py: error: --day is required'], 'wc.py: error: --day is required'],
    ['nothing', [], undefined],
  ])('is %s', (_name, printed, expected) => {
    expect(findPythonError(makeLog(printed))).toBe(expected);
  });

  it('is the program that the image does not have', () => {
    const log = [
      'Caused by: java.io.IOException: Cannot run program "python": error=2, No such file or directory',
      '\tat java.base/java.lang.ProcessBuilder.start(ProcessBuilder.java:1143)',
      'Caused by: java.io.IOException: error=2, No such file or directory',
    ].join('\n');

    expect(findPythonError(log)).toBe('Cannot run program "python": error=2, No such file or directory');
  });

  it('is absent from the log of a jar, which may print the same words', () => {
    expect(findPythonError('Traceback (most recent call last):\nValueError: x\nCaused by: a.B: c')).toBeUndefined();
  });
});

describe('the cause of a failed job', () => {
  it.each([
    ["ModuleNotFoundError: No module named 'pyflink'", `ModuleNotFoundError: No module named 'pyflink'. ${image}`],
    [
      'Cannot run program "/usr/bin/python3": error=2, No such file or directory',
      `Cannot run program "/usr/bin/python3": error=2, No such file or directory. ${image} If Python has another path there, set -pyclientexec and -pyexec.`,
    ],
    [
      'IOException: Failed to execute the command: python -c import pyflink;import os;print(1)',
      `IOException: Failed to execute the command: python -c import pyflink;import os;print(1). ${image}`,
    ],
    [
      'NoSuchFileException: /tmp/pyflink/7d17/2c39/wc.py',
      'NoSuchFileException: /tmp/pyflink/7d17/2c39/wc.py. The image has no such file where -py or -pyfs names it. Put it there, or send the file of your machine by its relative path.',
    ],
    ['ArithmeticException: / by zero', 'ArithmeticException: / by zero'],
  ])('has a way out if it is one of Python: %s', (cause, expected) => {
    expect(withPythonWayOut(cause)).toBe(expected);
  });
});
