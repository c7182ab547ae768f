import { styleText } from 'node:util';
import type { Io } from './command.js';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';
export type Paint = (colour: Colour, text: string) => string;

/** Colours where standard output is a terminal that shows them, plain text anywhere else. */
export function createPaint({ terminal }: Io): Paint {
  if (terminal?.colours !== true) return (_, text) => text;
  return (colour, text) => (text === '' ? '' : styleText(colour, text, { validateStream: false }));
}
