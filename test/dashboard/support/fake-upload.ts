import { vi } from 'vitest';

interface Uploaded {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly file: File;
}

/** Replaces the requests that report their progress. Each is answered when the test says so. */
export const fakeUpload = () => {
  const sent: Uploaded[] = [];
  const requests: FakeRequest[] = [];
  class FakeRequest extends EventTarget {
    readonly upload = new EventTarget();
    status = 0;
    responseText = '';
    url = '';
    open(method: string, url: string) {
      this.url = `${method} ${url}`;
    }
    headers: Record<string, string> = {};
    setRequestHeader(name: string, value: string) {
      this.headers[name] = value;
    }
    abort() {
      this.dispatchEvent(new Event('abort'));
    }
    send(file: File) {
      sent.push({ url: this.url, headers: this.headers, file });
      requests.push(this);
    }
  }
  vi.stubGlobal('XMLHttpRequest', FakeRequest);
  return {
    sent,
    progress: (loaded: number, total: number) =>
      requests.at(-1)?.upload.dispatchEvent(new ProgressEvent('progress', { lengthComputable: true, loaded, total })),
    interrupt: () => requests.at(-1)?.dispatchEvent(new Event('error')),
    answer: (status: number, body: unknown) => {
      const current = requests.at(-1);
      if (current === undefined) throw new Error('There is no upload.');
      current.status = status;
      current.responseText = JSON.stringify(body);
      current.dispatchEvent(new Event('load'));
    },
  };
};
