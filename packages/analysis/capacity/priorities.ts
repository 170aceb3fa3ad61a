import { type DesiredObject, type Fields, valueAt } from '../../manifests/objects.ts';

/** What a pod's PriorityClass says. */
export interface Priority {
  /** The name of the class; empty for pods without one. */
  readonly name: string;
  readonly value: number;
  /** Whether its pods may push others out. */
  readonly preempts: boolean;
  /** False where no object and not Kubernetes itself has such a class: the API server refuses the pods. */
  readonly known: boolean;
}

const builtIn: readonly Priority[] = [
  { name: 'system-cluster-critical', value: 2_000_000_000, preempts: true, known: true },
  { name: 'system-node-critical', value: 2_000_001_000, preempts: true, known: true },
];

/** The priority of pods by their spec, from the classes of their environment. */
export function priorities(objects: readonly DesiredObject[]): (spec: Fields) => Priority {
  const classes = objects.filter(({ kind }) => kind === 'PriorityClass');
  const known = new Map([...builtIn, ...classes.map(priorityOf)].map((one) => [one.name, one]));
  const standing = classes.find(({ fields }) => fields.globalDefault === true);
  const otherwise =
    standing === undefined ? { name: '', value: 0, preempts: true, known: true } : priorityOf(standing);
  return ({ priorityClassName }) => {
    if (typeof priorityClassName !== 'string') return otherwise;
    return known.get(priorityClassName) ?? { ...otherwise, name: priorityClassName, known: false };
  };
}

const priorityOf = ({ name, fields }: DesiredObject): Priority => ({
  name,
  value: Number(valueAt(fields, ['value'])),
  preempts: fields.preemptionPolicy !== 'Never',
  known: true,
});
