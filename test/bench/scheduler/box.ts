/** The API server of the box, in a process of its own. */
import type * as ServerModule from '../../../src/sim/server.ts';
import type * as ClockModule from '../../../src/telemetry/clock.ts';
import { built } from '../built.ts';
import { serve } from '../remote.ts';
import type { Access } from './api.ts';

export type BoxCommands = { readonly open: { readonly ask: undefined; readonly answer: Access } };

const { startBox } = await built<typeof ServerModule>('sim/server.js');
const { systemClock, systemRandom } = await built<typeof ClockModule>('telemetry/clock.js');
const { url, token, caBundle } = await startBox({ clock: systemClock, random: systemRandom });

serve<BoxCommands>({ open: () => Promise.resolve({ url, token, caBundle }) });
