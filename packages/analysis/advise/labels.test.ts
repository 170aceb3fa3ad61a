import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxOf, type Label, placeLabels } from './labels.ts';

const area: Box = { left: 0, right: 800, top: 0, bottom: 400 };
const label = (text: string, x: number, y: number): Label => ({ text, x, y, isBold: false });

describe('labels beside marks', () => {
  it('stand right of a mark that is alone', () => {
    const [placed] = placeLabels([label('flow', 100, 100)], area);
    expect(placed?.at).toEqual({ x: 112, y: 104 });
    expect(placed?.isFar).toBe(false);
  });

  it('stand left of a mark at the right edge', () => {
    const [placed] = placeLabels([label('proportional', 790, 100)], area);
    expect(placed && boxOf(placed).right).toBeLessThan(790);
  });

  it('stand beside a line that crosses the picture, not on it', () => {
    const line = { left: 0, right: 800, top: 99, bottom: 101 };
    const [placed] = placeLabels([label('flow', 100, 100)], area, [line]);
    const box = placed && boxOf(placed);
    expect(box && (box.bottom <= 99 || box.top >= 101)).toBe(true);
  });

  it('lead by a line where marks are crowded', () => {
    const crowd = Array.from({ length: 12 }, (_, index) => label('proportional', 400 + index, 200 + index));
    const placed = placeLabels(crowd, area);
    expect(placed.every((one) => one !== undefined)).toBe(true);
    expect(placed.some((one) => one?.isFar)).toBe(true);
  });

  it('cover neither each other nor a mark, wherever the marks are', () => {
    const one = fc.record({
      text: fc.constantFrom('flow', 'drain', 'latch (best)', 'proportional', 'today'),
      x: fc.integer({ min: 0, max: 800 }),
      y: fc.integer({ min: 0, max: 400 }),
      isBold: fc.boolean(),
    });
    const isApart = (left: Box, right: Box): boolean =>
      left.left >= right.right ||
      right.left >= left.right ||
      left.top >= right.bottom ||
      right.top >= left.bottom;
    const dot = ({ x, y }: Label): Box => ({ left: x, right: x, top: y, bottom: y });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (labels) => {
        const boxes = placeLabels(labels, area).flatMap((placed) => (placed ? [boxOf(placed)] : []));
        const others = (index: number): Box[] => [...boxes.slice(index + 1), ...labels.map(dot)];
        expect(boxes.every((box) => box.left >= area.left && box.right <= area.right)).toBe(true);
        expect(boxes.every((box, index) => others(index).every((other) => isApart(box, other)))).toBe(true);
      }),
    );
  });
});
