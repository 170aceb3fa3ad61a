/**
 * Builds what the cluster tests run, where it is not in the cache yet: so that a machine can do it beside other work.
 *   node test/cluster/tools.ts core|more            builds
 *   node test/cluster/tools.ts core|more --built    builds nothing; ends with 1 where something is missing
 */
import { existsSync } from 'node:fs';
import { ensureTools, type Tool, toolDir } from '../../packages/testbed/lib/tools.ts';
import {
  argoCd,
  argoRollouts,
  coredns,
  etcd,
  keda,
  kubernetes,
  kwok,
  metricsServer,
  pause,
  prometheus,
  prometheusAdapter,
  prometheusOperator,
  traefik,
} from '../../packages/testbed/tools.ts';
import { kubeconform, kubeScore, kubesec, trivyConfig } from '../scores/tools.ts';

/** The projects of vitest.config.ts -> what their tests start. */
const projects: Readonly<Record<string, readonly Tool[]>> = {
  core: [
    kubernetes,
    etcd,
    coredns,
    pause,
    kwok,
    metricsServer,
    argoCd,
    argoRollouts,
    kubeScore,
    kubeconform,
    kubesec,
    trivyConfig,
  ],
  more: [traefik, prometheus, prometheusOperator, prometheusAdapter, keda],
};

const [project = '', flag] = process.argv.slice(2);
const tools = projects[project];
if (tools === undefined || (flag !== undefined && flag !== '--built')) {
  process.stderr.write(`usage: node test/cluster/tools.ts ${Object.keys(projects).join('|')} [--built]\n`);
  process.exitCode = 2;
} else if (flag === '--built') {
  const missing = tools.filter((tool) => !existsSync(toolDir(tool))).map(({ name }) => name);
  if (missing.length > 0) process.stdout.write(`not built yet: ${missing.join(', ')}\n`);
  process.exitCode = missing.length > 0 ? 1 : 0;
} else await ensureTools(tools);
