// A picture as a short text: the mean colour of each cell of a grid, so that what it looked like can be kept beside the code
// and held against what it looks like now. Small shifts of a letter's edge do not show in it; a moved line, another colour,
// another height do.
import type { Page } from '@playwright/test';

const cell = 20;
/** Levels of a channel, of 32, that two cells may differ by and still be alike. */
const near = 1;

/** `COLUMNS×ROWS:` and three base-32 digits a cell, row by row. */
export async function lookOf(page: Page, png: Buffer): Promise<string> {
  return page.evaluate(
    async ({ base64, cell }) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const [columns, rows] = [Math.round(image.width / cell), Math.round(image.height / cell)];
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('no canvas here');
      context.drawImage(image, 0, 0);
      let look = `${columns}×${rows}:`;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          const width = Math.min(cell, image.width - column * cell);
          const height = Math.min(cell, image.height - row * cell);
          const { data } = context.getImageData(column * cell, row * cell, width, height);
          for (const channel of [0, 1, 2]) {
            let sum = 0;
            for (let at = channel; at < data.length; at += 4) sum += data[at] ?? 0;
            look += Math.min(31, Math.floor(sum / (data.length / 4) / 8)).toString(32);
          }
        }
      }
      return look;
    },
    { base64: png.toString('base64'), cell },
  );
}

/** Cells that are not alike; all of them when the sizes differ. */
export function unlike(before: string, after: string): { cells: number; of: number } {
  const [size = '', cells = ''] = before.split(':');
  const [otherSize = '', others = ''] = after.split(':');
  const of = Math.max(cells.length, others.length) / 3;
  if (size !== otherSize) return { cells: of, of };
  const levels = (text: string, at: number): number => Number.parseInt(text[at] ?? '0', 32);
  let count = 0;
  for (let at = 0; at < cells.length; at += 3) {
    if ([0, 1, 2].some((channel) => Math.abs(levels(cells, at + channel) - levels(others, at + channel)) > near)) count++;
  }
  return { cells: count, of };
}
