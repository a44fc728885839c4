// SPDX-License-Identifier: EUPL-1.2
// What the producer and the worker share: where Redis and PostgreSQL are, and how a connection that is lost comes back.
import { Redis } from 'ioredis';
import pg from 'pg';

export const NAME = 'effects';

// null: a command waits until Redis is back, as BullMQ wants it of its workers
export const redis = () => {
    const made = new Redis(process.env.BULLMQ_REDIS, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    made.on('error', () => {});
    return made;
};

export const pool = (max) => new pg.Pool({ host: process.env.BULLMQ_PG, user: 'maatwerk_admin', database: 'maatwerk', max });
