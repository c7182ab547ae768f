import type { Area } from '../behaviour.js';
import { writes } from './writes.js';

export const areas: readonly Area[] = [writes];
