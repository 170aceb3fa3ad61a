import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';

type Scenarios = Readonly<Record<string, (rule: AlertRule) => Scenario>>;

/** The two alerts of a CronJob, which mostly has its name from its namespace. */
export const ofRuns = (prefix: string, name: string, what: string, namespace = name): Scenarios => ({
  [`${prefix}Failed`]: () => {
    const labels = { namespace, job_name: `${name}-1`, condition: 'true' };
    const series = `kube_job_failed{namespace="${namespace}",job_name="${name}-1",condition="true"}`;
    return {
      series: { [series]: { well: 0, wrong: 1 } },
      fires: [{ labels, summary: `The ${what} ${name}-1 failed.` }],
    };
  },
  [`${prefix}Missing`]: (rule) => {
    const labels = `{namespace="${namespace}",cronjob="${name}"}`;
    const seconds = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        // It was made long ago, which says nothing while a run succeeds.
        [`kube_cronjob_created${labels}`]: {
          well: 0,
          tolerated: (minute) => minute * 60 - seconds,
          wrong: (minute) => minute * 60 - seconds - 1,
        },
        [`kube_cronjob_status_last_successful_time${labels}`]: {
          well: (minute) => minute * 60,
          // No run has succeeded yet.
          tolerated: null,
          wrong: null,
        },
      },
      fires: [{ labels: { namespace, cronjob: name }, summary: rule.annotations.summary ?? '' }],
    };
  },
});

/** Alerts of what runs on a schedule. */
export const scheduledJobs: Scenarios = {
  ...ofRuns('PublisherRun', 'publisher', 'publisher run'),
  ...ofRuns('CollectorRun', 'collector', 'run of the collector', 'board'),
  ...ofRuns('LogReportRun', 'log-reports', 'run that extracts error lines'),
  ...ofRuns('LogArchiveRun', 'log-archive', 'run that archives logs'),
  ...ofRuns(
    'ElasticsearchContentRun',
    'elasticsearch-content',
    'run that declares the content of Elasticsearch',
    'elasticsearch',
  ),
};
