import { S3ObjectStore, s3Client } from './object-store.ts';
import { preprocess } from './preprocess.ts';

/** What S3 sends of objects that were created. @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export interface S3Event {
  readonly Records: readonly {
    readonly awsRegion: string;
    readonly s3: {
      readonly bucket: { readonly name: string };
      /** Encoded as in a form: a space is `+`. */
      readonly object: { readonly key: string };
    };
  }[];
}

const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

/**
 * The preprocessor as a function of AWS Lambda: writes the report of each raw window that an event names into the
 * bucket REPORT_BUCKET. Lambda delivers an event again after an error; a report is written once all the same.
 */
export async function handler(event: S3Event): Promise<{ readonly written: number }> {
  const { REPORT_BUCKET: bucket = '', S3_ENDPOINT: endpoint } = process.env;
  if (bucket === '') throw new Error("'REPORT_BUCKET' must be set");
  // A function's time is over at 15 minutes.
  const signal = AbortSignal.timeout(15 * 60_000);
  let written = 0;
  for (const { awsRegion: region, s3 } of event.Records) {
    const client = s3Client({ region, endpoint });
    const raw = new S3ObjectStore(client, s3.bucket.name);
    const reports = new S3ObjectStore(client, bucket);
    if ((await preprocess(decoded(s3.object.key), { raw, reports }, signal)) === 'written') written += 1;
  }
  return { written };
}
