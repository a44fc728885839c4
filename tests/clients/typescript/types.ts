// SPDX-License-Identifier: EUPL-1.2
// What a portal writes with the types of openapi-typescript. Compiling it is the test.
import type { components } from './api.js';

type Schemas = components['schemas'];

const shift: Schemas['Shift'] = 'evening';
const change: Schemas['VacancyChange'] = { title: 'Orderpicker', neededBy: null, shifts: [shift] };
const sort: Schemas['ListVacanciesSort'] = '-reportedAt';

export function next(page: Schemas['VacancyList']): string | undefined {
    return page._links['next']?.href;
}

export function words(vacancy: Schemas['Vacancy']): string {
    const state: string = vacancy.state;      // a later version may know more of them
    return `${vacancy.title}: ${state}`;
}

export const asked = { change, sort };
