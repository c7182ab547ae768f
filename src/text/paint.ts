import { styleText } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';
export type Paint = (colour: Colour | undefined, text: string) => string;

/** Plain text where there are no colours. */
export function createPaint(colours: boolean): Paint {
  return (colour, text) =>
    colours && colour !== undefined && text !== ''
      ? styleText(colour, text, { validateStream: false })
      : text;
}
