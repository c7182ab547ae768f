import type { Area } from '../behaviour.js';
import { webhookAnswers } from './webhook-answers.js';
import { webhookCalls } from './webhook-calls.js';
import { writes } from './writes.js';

export const areas: readonly Area[] = [writes, webhookCalls, webhookAnswers];
