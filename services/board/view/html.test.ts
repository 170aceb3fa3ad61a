import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Address, escaped, html } from './html.ts';

const text = (markup: { toString(): string }): string => markup.toString();

describe('the template tag', () => {
  it('writes text so that no markup comes of it, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (hostile) => {
        const markup = text(html`<p title="${hostile}">${hostile}</p>`);
        const inner = markup.slice('<p title="'.length, -'</p>'.length);
        expect(inner.replace('">', '')).not.toMatch(/[<>"'`\n]/);
      }),
    );
  });

  it('keeps what it has made itself, also in lists, and shows nothing for what is absent', () => {
    const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
    expect(text(html`<ul>${items}</ul>${undefined}${false}${0}`)).toBe(
      '<ul><li>a</li><li>&lt;b&gt;</li></ul>0',
    );
  });

  it('shows in place of characters that reorder or hide text that they were there', () => {
    expect(escaped('a\u202eb\u0000c\u2066d\ne')).toBe('a\ufffdb\ufffdc\ufffdd e');
  });

  it.each([
    ['an attribute without quotes', () => html`<p class=${'x'}></p>`],
    ['the name of a tag', () => html`<${'script'}>`],
    ['a handler', () => html`<p onclick="go(${'1'})"></p>`],
    ['a style', () => html`<p style="width:${'1'}"></p>`],
    ['an address that it has not built', () => html`<a href="${'javascript:alert(1)'}">x</a>`],
  ])('refuses a value in %s, where escaping is not enough', (_, make) => {
    expect(make).toThrow();
  });
});

describe('an address', () => {
  it.each(['https://example.com/', '//example.com', '/\\example.com', 'javascript:alert(1)', ''])(
    'is a path of the board, not %j',
    (other) => {
      expect(() => new Address(other)).toThrow('must be a path of the board');
    },
  );

  it('is escaped like any value', () => {
    expect(text(html`<a href="${new Address('/a?b=1&c="')}">x</a>`)).toBe(
      '<a href="/a?b=1&amp;c=&quot;">x</a>',
    );
  });
});
