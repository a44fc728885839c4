// SPDX-License-Identifier: EUPL-1.2
// A BullMQ worker whose jobs each write one row. BullMQ gives a processor one job at a time; rows of jobs that run together
// go in one INSERT, as a careful user would have it: while one is on its way, the next one fills.
// For one job: a share of that INSERT and its commit, then one script in Redis that ends it and fetches the next.
import { Worker } from 'bullmq';
import { NAME, pool, redis } from './queue.mjs';

const number = (name) => Number(process.env[name]);
const db = pool(1);
let waiting = [];
let writing = false;

async function flush() {
    if (writing || !waiting.length) return;
    const rows = waiting;
    waiting = [];
    writing = true;
    try {
        await db.query({ name: 'effects', text: 'insert into chaos.effect (n) select unnest($1::bigint[])',
                         values: [rows.map((row) => row.n)] });
        rows.forEach((row) => row.done());
    } catch (error) {
        rows.forEach((row) => row.fail(error));
    }
    writing = false;
    flush();
}

const write = (n) => new Promise((done, fail) => {
    waiting.push({ n, done, fail });
    setImmediate(flush);
});

const worker = new Worker(NAME, (job) => write(job.data.n), {
    connection: redis(),
    concurrency: number('BULLMQ_CONCURRENCY'),
    lockDuration: number('BULLMQ_LOCK_MS'),
    stalledInterval: number('BULLMQ_CHECK_MS'),
    maxStalledCount: 20,      // a job is not to blame for our kills
});
worker.on('error', () => {});
db.on('error', () => {});
process.on('SIGTERM', async () => {
    await worker.close();
    process.exit(0);
});
worker.waitUntilReady().then(() => console.log('ready'));
