import { expect, test } from 'vitest';
import { confirm } from './provider.ts';

test('without a terminal, an existing cluster is not changed unless --yes allows it', async () => {
  const asked = confirm('prod', 'https://prod.example.com', false);
  await expect(asked).rejects.toThrow("'prod' (https://prod.example.com) is not a cluster of the testbed");
  await expect(confirm('prod', 'https://prod.example.com', true)).resolves.toBeUndefined();
});
