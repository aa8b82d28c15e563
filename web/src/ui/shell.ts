/** What the server's shell tells a page through data attributes (web/templates/shell.html): never a secret, never content. */

export interface Shell {
  readonly hubName: string;
  readonly exercise: boolean;
  /** The French catalogue; English sentences are their own catalogue. */
  readonly catalogue: string | null;
  /** Templates and reference lists, public and named by their hash. */
  readonly documents: string | null;
  readonly build: string;
}

const said = document.documentElement.dataset;

export const shell: Shell = {
  hubName: said["hubName"] ?? "NCP Hub",
  exercise: said["exercise"] !== undefined,
  catalogue: said["catalogue"] ?? null,
  documents: said["documents"] ?? null,
  build: __BUILD__,
};
