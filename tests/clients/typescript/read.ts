// SPDX-License-Identifier: EUPL-1.2
// read <answers> <read>: reads each answer with its function and writes what it read.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import * as maatwerk from './fetch/index.js';

const [sent, read] = process.argv.slice(2) as [string, string];
const functions = maatwerk as unknown as Record<string, (value: unknown) => unknown>;
for (const how of readdirSync(sent)) {
    mkdirSync(`${read}/${how}`, { recursive: true });
    for (const file of readdirSync(`${sent}/${how}`)) {
        const name = file.replace('.json', '');
        const made = functions[`${name}FromJSON`]!(JSON.parse(readFileSync(`${sent}/${how}/${file}`, 'utf8')));
        writeFileSync(`${read}/${how}/${file}`, JSON.stringify(functions[`${name}ToJSON`]!(made)));
    }
}
