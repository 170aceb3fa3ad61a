import { expect, test } from 'vitest';
import { plainScreen, terminalScreen } from './screen.ts';

function recorder(columns: number) {
  const written: string[] = [];
  const out = { columns, write: (text: string) => written.push(text) > 0 };
  return { out, text: () => written.splice(0).join('') };
}

test('a frame replaces the one before it, a printed line stays above', () => {
  const { out, text } = recorder(80);
  const screen = terminalScreen(out);
  screen.draw(['one', 'two']);
  expect(text()).not.toContain('\u001b[2A');
  screen.draw(['three']);
  expect(text()).toContain('\u001b[2A\r\u001b[0J');
  screen.print('stays');
  expect(text()).toBe('\u001b[1A\r\u001b[0Jstays\n');
});

test('the kept frame is not erased by what is printed after it', () => {
  const { out, text } = recorder(80);
  const screen = terminalScreen(out);
  screen.draw(['last']);
  screen.keep();
  text();
  screen.print('summary');
  expect(text()).toBe('summary\n');
});

test('a plain screen prints lines and draws nothing', () => {
  const { out, text } = recorder(80);
  const screen = plainScreen(out);
  screen.draw(['frame']);
  screen.print('line');
  expect(text()).toBe('line\n');
});
