/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs of the reminders worker. The functions of sql/functions/reminder.sql and
 * reminder_digest.sql decide everything: the worker hands them the jobs of a batch together. */
#ifndef MAATWERK_REMINDERS_REMIND_H
#define MAATWERK_REMINDERS_REMIND_H

#include "lib/queue/worker.h"

/* remind {task, stamp}: the next rung of a task has come. `stamp` names the plan: a job of an earlier
 * plan is silent. */
enum job_end remind(struct work *work, struct plan *plan);

/* remind_digest {after}: digests of a municipality are due, of readers after this one, or all. */
enum job_end remind_digest(struct work *work, struct plan *plan);

#endif
