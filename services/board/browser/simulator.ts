/** The simulator of `policy/` in a worker of the browser: a page asks it while a visitor drags numbers. */
import { answerFor, type Basis } from './answer.ts';

/** What a page sends: first what the questions are about, then numbers. */
type Asked = { readonly basis: Basis } | { readonly typed: Readonly<Record<string, string>> };

const worker = globalThis as unknown as {
  onmessage: (event: { readonly data: Asked }) => void;
  postMessage: (answer: unknown) => void;
};

let basis: Basis | undefined;

worker.onmessage = ({ data }) => {
  if ('basis' in data) basis = data.basis;
  else if (basis !== undefined) worker.postMessage(answerFor(basis, data.typed));
};
