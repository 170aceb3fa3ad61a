/** Where frames go: redrawn in place on a terminal. */
export interface Screen {
  /** Lines only: no frame is ever drawn. */
  readonly plain: boolean;
  readonly width: number;
  draw(lines: readonly string[]): void;
  /** A line that stays. */
  print(line: string): void;
  /** The last frame stays too; what follows is printed below it. */
  keep(): void;
  close(): void;
}

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const CLEAR_BELOW = '\u001b[0J';

/** The part of a terminal that is written to. */
export interface TerminalLike {
  readonly columns: number;
  write(text: string): boolean;
}

/** A screen that is drawn anew in place, on a terminal. */
export function terminalScreen(out: TerminalLike): Screen {
  let drawn = 0;
  const erase = () => (drawn > 0 ? `\u001b[${drawn}A\r${CLEAR_BELOW}` : '');
  return {
    plain: false,
    get width() {
      return out.columns;
    },
    draw(lines) {
      out.write(`${HIDE_CURSOR}${erase()}${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    print(line) {
      out.write(`${erase()}${line}\n`);
      drawn = 0;
    },
    keep() {
      drawn = 0;
    },
    close() {
      out.write(SHOW_CURSOR);
    },
  };
}

/** A screen that only adds lines, for files and pipes. */
export function plainScreen(out: Pick<TerminalLike, 'write'>): Screen {
  return {
    plain: true,
    width: 200,
    draw() {},
    print(line) {
      out.write(`${line}\n`);
    },
    keep() {},
    close() {},
  };
}
