// SPDX-License-Identifier: EUPL-1.2
// Adds jobs as it is told, a line each: "add FIRST COUNT", "rate FIRST COUNT PER_SECOND", "left". First the business row is
// committed, then its job is added: the other way round a worker could meet a row that is not there.
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';
import { NAME, pool, redis } from './queue.mjs';

const BULK = 1000;
const db = pool(8);
const queue = new Queue(NAME, { connection: redis(),
    defaultJobOptions: { removeOnComplete: true, attempts: 10, backoff: { type: 'exponential', delay: 50 } } });
queue.on('error', () => {});

const job = (n) => ({ name: 'effect', data: { n }, opts: { jobId: `n-${n}` } });     // a second add of the same job does nothing

async function add(first, count) {
    await db.query({ name: 'many', text: 'insert into chaos.biz (n) select generate_series($1::bigint, $2::bigint)',
                     values: [first, first + count - 1] });
    for (let at = 0; at < count; at += BULK)
        await queue.addBulk(Array.from({ length: Math.min(BULK, count - at) }, (_, i) => job(first + at + i)));
}

async function one(n) {
    await db.query({ name: 'one', text: 'insert into chaos.biz (n) values ($1)', values: [n] });
    const { name, data, opts } = job(n);
    await queue.add(name, data, opts);
}

// By the clock, not by the answers: a slow moment does not make the load lighter.
async function rate(first, count, perSecond) {
    const from = performance.now();
    const sent = [];
    while (sent.length < count) {
        while (sent.length < count && performance.now() - from >= sent.length * 1000 / perSecond)
            sent.push(one(first + sent.length));
        await new Promise((go) => setTimeout(go, 1));
    }
    await Promise.all(sent);
}

const left = async () => JSON.stringify(await queue.getJobCounts());
const verbs = { add, rate, left };

await queue.waitUntilReady();
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
    const [verb, ...values] = line.split(' ');
    console.log(await verbs[verb](...values.map(Number)) ?? 'done');
}
process.exit(0);
