/** The entry point of a broker in another network: says where it is in a file, and ends with its data on SIGTERM. */
import { renameSync, writeFileSync } from 'node:fs';
import { startRabbitMQ } from '../../cli/local/rabbitmq.ts';

const [directory = '', file = ''] = process.argv.slice(2);
const broker = await startRabbitMQ({ directory });
process.once('SIGTERM', () => void broker.stop().then(() => process.exit(0)));
const { amqpUrl, managementUrl, metricsUrl, username, password, pid } = broker;
const coordinates = { amqpUrl, managementUrl, metricsUrl, username, password, pid };
writeFileSync(`${file}.partial`, JSON.stringify(coordinates), { mode: 0o600 });
renameSync(`${file}.partial`, file);
