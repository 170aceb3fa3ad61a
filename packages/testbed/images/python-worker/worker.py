"""Takes jobs from a queue until SIGTERM: acknowledges after the work, and finishes the job it holds."""

import json
import os
import signal
import time
import urllib.parse

import pika

url = urllib.parse.urlparse(os.environ["AMQP_URL"])
with open(os.environ["AMQP_PASSWORD_FILE"], encoding="utf-8") as file:
    password = file.read().rstrip("\r\n")
work_seconds = float(os.environ.get("WORK_SECONDS", "1"))

connection = pika.BlockingConnection(
    pika.ConnectionParameters(
        host=url.hostname,
        port=url.port,
        virtual_host=urllib.parse.unquote(url.path[1:]),
        credentials=pika.PlainCredentials(os.environ["AMQP_USERNAME"], password),
        connection_attempts=30,
        retry_delay=1,
    )
)
channel = connection.channel()
channel.basic_qos(prefetch_count=1)
# A job that is held is finished first: callbacks run between two jobs.
signal.signal(
    signal.SIGTERM,
    lambda *_: connection.add_callback_threadsafe(channel.stop_consuming),
)


def work(channel, delivery, properties, body):
    job = json.loads(body)
    time.sleep(work_seconds)
    line = {
        "msg": "job processed",
        "jobId": job["id"],
        "outcome": "succeeded",
    }
    print(json.dumps(line))
    channel.basic_ack(delivery.delivery_tag)


channel.basic_consume(os.environ["QUEUE"], work)
channel.start_consuming()
connection.close()
