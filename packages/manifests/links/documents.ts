import { onceForFields } from '../memo.ts';
import { isFields } from '../objects.ts';
import { parseYaml } from '../yaml.ts';

/** The YAML and JSON documents in a ConfigMap; what is none is left out. */
export const parseAll = onceForFields((fields): readonly unknown[] => {
  const texts = isFields(fields.data) ? Object.values(fields.data) : [];
  return texts.flatMap((text) => {
    try {
      return [...parseYaml(String(text))];
    } catch {
      return [];
    }
  });
});
